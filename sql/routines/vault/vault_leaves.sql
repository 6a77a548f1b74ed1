-- Computes the leaves of a block of a source from the rows that are here, with the salts that the source sent, and compares
-- them with the leaves that it sealed. docs/proof.md has what is hashed. The tenant is the one that the row has there.
-- differs NULL: a value was erased, at the source or here, so the leaf cannot be computed.
CREATE OR REPLACE FUNCTION script_tracking.vault_leaves(p_source_name pg_catalog.text, p_leaves pg_catalog.json)
RETURNS TABLE (
    leaf_kind pg_catalog.text,
    record_hk pg_catalog.bytea,
    load_date pg_catalog.timestamptz,
    is_here pg_catalog.bool,
    differs pg_catalog.bool
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET jit = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $function$
    WITH leaf AS MATERIALIZED (
        SELECT l.* FROM json_to_recordset(p_leaves) AS l (leaf_kind pg_catalog.text, record_hk pg_catalog.bytea,
            load_date pg_catalog.timestamptz, leaf_hash pg_catalog.bytea, person_salt pg_catalog.bytea,
            text_salt pg_catalog.bytea, leaf_format pg_catalog.int4)
    ), tenant AS MATERIALIZED (
        SELECT jsonb_object_agg(encode(t.tenant_hk, 'hex'), encode(t.source_tenant_hk, 'hex')) AS keys
        FROM script_tracking.vault_tenant AS t WHERE t.source_name = p_source_name
    ), version AS MATERIALIZED (
        SELECT l.*, v.load_date IS NOT NULL AS is_here, '[erased]' IN (v.person ->> 0, v.sql_command ->> 0, v.error_message ->> 0)
                OR v.affected_objects ->> 0 = '["[erased]"]' OR EXISTS (SELECT FROM script_tracking.seal_leaf AS o
                    WHERE o.load_date = l.load_date AND o.record_hk = l.record_hk AND o.erased_by IS NOT NULL) AS is_erased,
            convert_to(('["dbtrack version 2"]'::pg_catalog.jsonb
                || jsonb_set(v.head, '{3}', (SELECT t.keys FROM tenant AS t) -> (v.head ->> 3))
                || jsonb_build_array(h.script_execution_bk, (SELECT t.keys FROM tenant AS t) -> encode(h.tenant_hk, 'hex'),
                    h.record_source))::pg_catalog.text, 'UTF8') AS head,
            convert_to(v.person::pg_catalog.text, 'UTF8') AS person,
            convert_to(v.hash_diff::pg_catalog.text, 'UTF8') AS hash_diff,
            convert_to(v.affected_objects::pg_catalog.text, 'UTF8') AS affected_objects,
            convert_to(v.sql_command::pg_catalog.text, 'UTF8') AS sql_command,
            convert_to(v.error_message::pg_catalog.text, 'UTF8') AS error_message,
            convert_to(v.metadata::pg_catalog.text, 'UTF8') AS metadata
        FROM leaf AS l
        LEFT JOIN script_tracking.sealable_version AS v ON v.load_date = l.load_date AND v.script_execution_hk = l.record_hk
            AND (SELECT t.keys FROM tenant AS t) ? (v.head ->> 3)
        LEFT JOIN script_tracking.script_execution_h AS h ON h.load_date = l.load_date AND h.script_execution_hk = l.record_hk
        WHERE l.leaf_kind = 'version'
    )
    SELECT v.leaf_kind, v.record_hk, v.load_date, v.is_here,
        CASE WHEN v.is_erased IS NOT TRUE AND v.leaf_format = 2 AND length(v.person_salt) = 16 AND length(v.text_salt) = 16 THEN
            v.leaf_hash <> sha256(
            '\x00'::pg_catalog.bytea || v.head || convert_to(E'\n' || encode(
                sha256(sha256(sha256(v.person_salt || '\x00') || v.person)
                    || sha256(sha256(v.person_salt || '\x01') || v.hash_diff)), 'hex') || E'\n' || encode(
                sha256(sha256(sha256(v.text_salt || '\x00') || v.affected_objects)
                    || sha256(sha256(v.text_salt || '\x01') || v.sql_command)
                    || sha256(sha256(v.text_salt || '\x02') || v.error_message)
                    || sha256(sha256(v.text_salt || '\x03') || v.metadata)), 'hex'), 'SQL_ASCII')) END
    FROM version AS v
    UNION ALL
    SELECT l.leaf_kind, l.record_hk, l.load_date, p.load_date IS NOT NULL,
        l.leaf_hash <> sha256('\x00'::pg_catalog.bytea || convert_to(jsonb_build_array('dbtrack link 1',
            encode(p.script_execution_parent_hk, 'hex'), (extract(epoch FROM p.load_date) * 1000000)::pg_catalog.int8,
            encode(p.parent_execution_hk, 'hex'), encode(p.child_execution_hk, 'hex'), p.link_type,
            (SELECT t.keys FROM tenant AS t) -> encode(p.tenant_hk, 'hex'), p.record_source)::pg_catalog.text, 'UTF8'))
    FROM leaf AS l
    LEFT JOIN script_tracking.script_execution_parent_l AS p
        ON p.load_date = l.load_date AND p.script_execution_parent_hk = l.record_hk
        AND (SELECT t.keys FROM tenant AS t) ? encode(p.tenant_hk, 'hex')
    WHERE l.leaf_kind = 'link'
$function$;

COMMENT ON FUNCTION script_tracking.vault_leaves(pg_catalog.text, pg_catalog.json) IS
    'Compares the rows of a source with its seals; for the functions of this schema';
