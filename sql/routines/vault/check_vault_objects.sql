-- Compares the versions of objects of a source with what their executions recorded of them, and returns how many executions do not
-- agree: metadata.object_digest, which the seals of the source cover. p_keys, p_load_dates: the rows of the executions that have it.
-- Versions that a cleanup of the source had removed before the push are not missed, nor those of an execution without any, unless
-- p_are_whole: that has them elsewhere. p_are_whole NULL: the executions are those that versions name. Of these, one without a digest
-- recorded no version, unless it was erased: then only the keys of persons are left in its metadata.
CREATE OR REPLACE FUNCTION script_tracking.check_vault_objects(
    p_source_name pg_catalog.text,
    p_keys pg_catalog.bytea[],
    p_load_dates pg_catalog.timestamptz[],
    p_are_whole pg_catalog.bool
)
RETURNS pg_catalog.int8
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    -- As in erase_step.
    c_personal CONSTANT pg_catalog.text[] := '{role,application_name,client_host,host,os_user,user,email}';
    v_found record;
    v_accepted_at CONSTANT pg_catalog.timestamptz := coalesce(
        (SELECT s.accepted_at FROM script_tracking.vault_source AS s WHERE s.source_name = p_source_name), '-infinity');
    v_removed_before pg_catalog.timestamptz;
    v_findings pg_catalog.int8 := 0;
BEGIN
    FOR v_found IN
        SELECT e.script_execution_hk, e.load_date, e.script_name, o.versions, o.is_erased
        FROM ROWS FROM (unnest(p_keys), unnest(p_load_dates)) AS k (key, load_date)
        CROSS JOIN LATERAL (SELECT s.* FROM script_tracking.script_execution_s AS s
            WHERE s.load_date = k.load_date AND s.script_execution_hk = k.key AND s.load_date >= v_accepted_at
                AND CASE WHEN s.metadata ? 'object_digest' THEN s.load_end_date IS NULL
                    ELSE p_are_whole IS NULL AND s.metadata - c_personal <> '{}' END OFFSET 0) AS e
        CROSS JOIN LATERAL (
            SELECT count(v.hash_diff) AS versions,
                encode(sha256(string_agg(v.hash_diff, '' ORDER BY v.object_bk COLLATE "C")), 'hex') AS digest,
                bool_or(concat(v.object_identity, v.grantees, v.definition) ~ '\[(redacted: )?erased\]') AS is_erased
            FROM script_tracking.vault_versions(p_source_name, e, '0') AS v) AS o
        -- A statement that commits part-way writes its versions a little after its closing version.
        WHERE CASE WHEN o.digest = e.metadata ->> 'object_digest' THEN false
            WHEN e.script_type = 'MAINTENANCE' THEN true
            ELSE e.metadata ->> 'object_digest' IS DISTINCT FROM (
                SELECT encode(sha256(string_agg(v.hash_diff, '' ORDER BY v.object_bk COLLATE "C")), 'hex')
                FROM script_tracking.vault_versions(p_source_name, e, '1 minute') AS v) END
            AND (p_are_whole OR o.versions > 0)
        LIMIT 100
    LOOP
        v_removed_before := coalesce(v_removed_before, script_tracking.vault_versions_removed(p_source_name), '-infinity');
        IF v_found.load_date >= v_removed_before THEN
            v_findings := v_findings + 1;
            PERFORM script_tracking.note_vault_finding(p_source_name, 'seal', 'objects of ' || encode(v_found.script_execution_hk, 'hex'),
                format('the %s versions of objects of execution %s (%s) are not those that it recorded: one was altered, added or '
                        'removed%s',
                    v_found.versions, encode(v_found.script_execution_hk, 'hex'), v_found.script_name, CASE WHEN v_found.is_erased
                        THEN '; one has an erased value: if that was dbtrack erase, run it here, too' ELSE '' END));
        END IF;
    END LOOP;
    RETURN v_findings;
END
$function$;

COMMENT ON FUNCTION script_tracking.check_vault_objects(pg_catalog.text, pg_catalog.bytea[], pg_catalog.timestamptz[], pg_catalog.bool) IS
    'Compares versions of objects of a source with what their executions recorded; for the functions of this schema';
