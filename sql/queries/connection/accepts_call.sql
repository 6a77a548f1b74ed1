-- Whether a function of dbtrack's schema has this name and these parameters, whatever their types.
SELECT EXISTS (
    SELECT
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    WHERE n.nspname = 'script_tracking'
        AND p.proname = %(function)s
        AND %(arguments)s BETWEEN p.pronargs - p.pronargdefaults AND p.pronargs
        AND coalesce(p.proargnames, '{}') @> %(names)s::pg_catalog.text[]
);
