-- Whether the functions of module auth exist, and whether it has users of its own.
SELECT to_regprocedure('script_tracking.auth_platform_routine(text)') IS NOT NULL
        AND to_regprocedure('script_tracking.auth_platform_call(oid,text)') IS NOT NULL,
    to_regclass('auth.user_h') IS NOT NULL
        AND EXISTS (SELECT FROM script_tracking.installation AS i WHERE i.property_name = 'module.auth.migration.0001');
