-- Removes from what was computed of the rows of a source the logins that it erased. What remains of them is computed again.
CREATE OR REPLACE FUNCTION script_tracking.forget_source_logins(p_source_name pg_catalog.text, p_logins pg_catalog.text[])
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    DELETE FROM script_tracking.first_seen AS f
    USING script_tracking.vault_tenant AS t
    WHERE t.source_name = p_source_name AND f.tenant_hk = t.tenant_hk
        AND (f.db_session_user = ANY (p_logins) OR f.subject = ANY (p_logins));
    DELETE FROM script_tracking.rollup_login AS r
    USING script_tracking.vault_tenant AS t
    WHERE t.source_name = p_source_name AND r.tenant_hk = t.tenant_hk AND r.db_session_user = ANY (p_logins);
    DELETE FROM script_tracking.anomaly_score AS a
    USING script_tracking.vault_tenant AS t
    WHERE t.source_name = p_source_name AND a.tenant_hk = t.tenant_hk AND a.subject_kind = 'login' AND a.subject = ANY (p_logins);
    DELETE FROM script_tracking.anomaly_usual AS a
    USING script_tracking.vault_tenant AS t
    WHERE t.source_name = p_source_name AND a.tenant_hk = t.tenant_hk AND a.subject_kind = 'login' AND a.subject = ANY (p_logins);
END
$function$;

COMMENT ON FUNCTION script_tracking.forget_source_logins(pg_catalog.text, pg_catalog.text[]) IS
    'Removes logins that a source erased from what was computed of its rows; for the functions of this schema';
