-- Writes versions of objects of a source, and links between what an object was before a restore and after it. The source is part of
-- the key: two sources can have the same oids. The rest stays as it is there, so hash_diff is over the key without the source. Each
-- version is compared with its hash, and those of an execution with the digest that it recorded. One that nothing could read is not
-- taken. One that is here stays as it is, and if it differs, that is a finding; of one that was erased, at the source or here, the
-- texts are not compared.
CREATE OR REPLACE FUNCTION script_tracking.take_objects(
    p_source script_tracking.vault_source,
    p_place pg_catalog.jsonb,
    p_objects pg_catalog.json,
    OUT o_versions pg_catalog.int8,
    OUT o_findings pg_catalog.int8
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
SET plan_cache_mode = force_custom_plan
SET jit = off
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $function$
DECLARE
    c_erased CONSTANT pg_catalog.text := '\[(redacted: )?erased\]';
    v_prefix CONSTANT pg_catalog.text := p_source.source_name || '/';
    v_objects CONSTANT pg_catalog.json := coalesce(p_objects -> 'versions', '[]');
    v_written pg_catalog.int8;
    v_difference record;
    v_recorders record;
BEGIN
    PERFORM script_tracking.check_source_place(p_source, p_place);
    IF p_objects ->> 'erasures' IS NOT NULL THEN
        o_versions := 0;
        o_findings := 0;
        -- Rows that are here, sent again for an erasure: of no use unless it is followed.
        IF NOT p_source.follows_erasures THEN
            RETURN;
        END IF;
        PERFORM script_tracking.accept_followed_erasures(p_source.source_name, p_objects -> 'erasures');
    END IF;
    PERFORM script_tracking.vault_tenants(p_source.source_name, coalesce(p_objects -> 'tenants', '[]'));
    o_findings := 0;
    IF p_source.follows_erasures THEN
        PERFORM script_tracking.follow_object_erasure(p_source.source_name, v_objects);
    END IF;
    WITH sent AS MATERIALIZED (
        SELECT v_prefix || r.object_bk AS own_bk, t.tenant_hk AS own_tenant_hk, r.*
        FROM json_populate_recordset(NULL::script_tracking.object_s, v_objects) AS r
        JOIN script_tracking.vault_tenant AS t
            ON t.source_name = p_source.source_name AND t.source_tenant_hk IS NOT DISTINCT FROM r.tenant_hk
        -- Nobody adds to what another source's execution changed. OFFSET 0: each row is looked up by its key.
        LEFT JOIN LATERAL (SELECT x.load_date, x.tenant_hk FROM script_tracking.script_execution_s AS x
            WHERE x.load_date = r.load_date AND x.script_execution_hk = r.script_execution_hk OFFSET 0) AS e ON true
        WHERE script_tracking.is_definition(r.definition) AND (e.load_date IS NULL OR EXISTS (
            SELECT FROM script_tracking.vault_tenant AS o
            WHERE o.tenant_hk = e.tenant_hk AND o.source_name = p_source.source_name))
    ), version AS (
        INSERT INTO script_tracking.object_s
            (object_hk, load_date, hash_diff, version_number, script_execution_hk, tenant_hk, object_type, object_identity, cause,
             grantees, definition, object_bk, record_source)
        SELECT sha256(convert_to(s.own_bk, 'SQL_ASCII')), s.load_date, s.hash_diff, s.version_number, s.script_execution_hk,
            s.own_tenant_hk, s.object_type, s.object_identity, s.cause, s.grantees, s.definition, s.own_bk, s.record_source
        FROM sent AS s
        ON CONFLICT (object_hk, load_date, script_execution_hk) DO NOTHING
        RETURNING object_hk, object_bk, tenant_hk, load_date, record_source
    ), hub AS (
        INSERT INTO script_tracking.object_h (object_hk, object_bk, tenant_hk, load_date, record_source)
        SELECT DISTINCT ON (v.object_hk) v.object_hk, v.object_bk, v.tenant_hk, v.load_date, v.record_source
        FROM version AS v
        ORDER BY v.object_hk, v.load_date
        ON CONFLICT ON CONSTRAINT object_h_pkey DO NOTHING
    )
    SELECT count(*) INTO o_versions FROM version;
    FOR v_difference IN
        SELECT r.object_identity, r.load_date, r.script_execution_hk, h.is_whole, s.load_date IS NOT NULL AS is_here,
            script_tracking.is_definition(r.definition) AS is_definition
        FROM json_populate_recordset(NULL::script_tracking.object_s, v_objects) AS r
        CROSS JOIN LATERAL (SELECT r.object_hk = sha256(convert_to(r.object_bk, 'SQL_ASCII')) AND r.hash_diff = sha256(convert_to(
            jsonb_build_array(r.object_bk, r.object_type, r.object_identity, r.cause, to_jsonb(r.grantees), r.definition)::pg_catalog.text,
            'UTF8')) AS is_whole) AS h
        LEFT JOIN LATERAL (SELECT s.* FROM script_tracking.object_s AS s
            WHERE s.object_hk = sha256(convert_to(v_prefix || r.object_bk, 'SQL_ASCII')) AND s.load_date = r.load_date
                AND s.script_execution_hk = r.script_execution_hk OFFSET 0) AS s ON true
        WHERE NOT h.is_whole
            OR (s.version_number, s.object_type, s.cause, s.record_source)
                IS DISTINCT FROM (r.version_number, r.object_type, r.cause, r.record_source)
            OR s.hash_diff <> r.hash_diff AND concat(s.object_identity, s.grantees, s.definition, r.object_identity, r.grantees,
                r.definition) !~ c_erased
        ORDER BY r.load_date
        LIMIT 100
    LOOP
        o_findings := o_findings + 1;
        PERFORM script_tracking.note_vault_finding(p_source.source_name, CASE WHEN NOT v_difference.is_definition THEN 'seal'
                WHEN NOT v_difference.is_here THEN 'foreign' WHEN v_difference.is_whole THEN 'rewritten' ELSE 'seal' END,
            format('version of %s of %s', v_difference.object_identity, v_difference.load_date),
            format('the version of %s of %s %s', v_difference.object_identity, v_difference.load_date,
                CASE WHEN NOT v_difference.is_definition THEN 'is not in the form of a version: it was altered, and not taken'
                    WHEN NOT v_difference.is_here THEN 'names an execution that is here, and not of this source'
                    WHEN v_difference.is_whole THEN 'was sent again and differs from what had arrived'
                    ELSE 'does not match its hash: it was altered' END));
    END LOOP;
    PERFORM script_tracking.take_object_links(p_source.source_name, coalesce(p_objects -> 'links', '[]'));
    SELECT array_agg(e.key) AS keys, array_agg(e.load_date) AS load_dates INTO v_recorders
    FROM script_tracking.vault_recorders(p_source.source_name, v_objects) AS e;
    o_findings := o_findings + script_tracking.check_vault_objects(p_source.source_name, v_recorders.keys, v_recorders.load_dates,
        NULL);
    UPDATE script_tracking.vault_source AS s
    SET object_versions = s.object_versions + o_versions, last_seen_at = clock_timestamp(),
        objects_are_whole = coalesce((p_objects ->> 'is_whole')::pg_catalog.bool, s.objects_are_whole)
    WHERE s.source_name = p_source.source_name;
END
$function$;

COMMENT ON FUNCTION script_tracking.take_objects(script_tracking.vault_source, pg_catalog.jsonb, pg_catalog.json) IS
    'Writes versions of objects of a source; for the functions of this schema';
