-- The installer wraps each file of wrappers/ in this: somebody else's function of the same name stays as it is, and
-- ours is left out if a call could mean either. The installer fills in the names between @.
DO $apply$
DECLARE
    v_theirs text;
BEGIN
    SELECT p.oid::regprocedure::text INTO v_theirs
    FROM pg_proc AS p
    WHERE p.pronamespace = 'auth'::regnamespace AND p.proname = '@name@' AND p.proowner <> current_user::regrole
        AND (p.provariadic <> 0 OR @arguments@ BETWEEN p.pronargs - p.pronargdefaults AND p.pronargs)
    ORDER BY 1 LIMIT 1;
    IF v_theirs IS NOT NULL THEN
        RAISE WARNING 'auth.@name@ was not installed: % exists, and a call could mean either', v_theirs
            USING HINT = 'it stays as it is; rename it and install again';
        RETURN;
    END IF;
    EXECUTE $wrapper$
@text@
$wrapper$;
END
$apply$;
