-- Writes the leaves of one block and returns their hashes in order. docs/proof.md describes, byte for byte, what is
-- hashed. Each value of a version has a salt derived from that of its part, so that one value can be erased and the
-- others still verified.
CREATE OR REPLACE FUNCTION script_tracking.write_leaves(
    p_block_number pg_catalog.int8,
    p_keys pg_catalog.bytea[],
    p_load_dates pg_catalog.timestamptz[],
    p_kinds pg_catalog.text[],
    p_arrivals pg_catalog.timestamptz[]
)
RETURNS pg_catalog.bytea[]
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $function$
DECLARE
    v_encoding pg_catalog.name := CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END;
    v_hashes pg_catalog.bytea[];
BEGIN
    WITH chosen AS MATERIALIZED (
        SELECT u.key, u.load_date, u.kind, u.arrived_at, u.position - 1 AS leaf_index
        FROM unnest(p_keys, p_load_dates, p_kinds, p_arrivals) WITH ORDINALITY
            AS u (key, load_date, kind, arrived_at, position)
    ), content AS MATERIALIZED (
        SELECT c.*, CASE WHEN h.load_date IS NULL THEN (
                SELECT min(f.load_date) FROM script_tracking.script_execution_h AS f
                WHERE f.script_execution_hk = c.key AND f.load_date < c.load_date) END AS started_at,
            uuid_send(gen_random_uuid()) AS person_salt, uuid_send(gen_random_uuid()) AS text_salt,
            convert_to(('["dbtrack version 2"]'::pg_catalog.jsonb || v.head || jsonb_build_array(h.script_execution_bk,
                encode(h.tenant_hk, 'hex'), h.record_source))::pg_catalog.text, v_encoding) AS head,
            convert_to(v.person::pg_catalog.text, v_encoding) AS person,
            convert_to(v.hash_diff::pg_catalog.text, v_encoding) AS hash_diff,
            convert_to(v.affected_objects::pg_catalog.text, v_encoding) AS affected_objects,
            convert_to(v.sql_command::pg_catalog.text, v_encoding) AS sql_command,
            convert_to(v.error_message::pg_catalog.text, v_encoding) AS error_message,
            convert_to(v.metadata::pg_catalog.text, v_encoding) AS metadata
        FROM chosen AS c
        JOIN script_tracking.sealable_version AS v ON v.load_date = c.load_date AND v.script_execution_hk = c.key
        LEFT JOIN script_tracking.script_execution_h AS h ON h.load_date = c.load_date AND h.script_execution_hk = c.key
        WHERE c.kind = 'version'
    ), committed AS MATERIALIZED (
        SELECT c.*,
            sha256(sha256(sha256(c.person_salt || '\x00') || c.person) || sha256(sha256(c.person_salt || '\x01') || c.hash_diff))
                AS person_commitment,
            sha256(sha256(sha256(c.text_salt || '\x00') || c.affected_objects)
                || sha256(sha256(c.text_salt || '\x01') || c.sql_command)
                || sha256(sha256(c.text_salt || '\x02') || c.error_message)
                || sha256(sha256(c.text_salt || '\x03') || c.metadata)) AS text_commitment
        FROM content AS c
    ), leaf AS (
        INSERT INTO script_tracking.seal_leaf
            (block_number, leaf_index, leaf_kind, record_hk, load_date, started_at, leaf_hash, person_salt,
             person_commitment, text_salt, text_commitment, arrived_at, leaf_format)
        SELECT p_block_number, c.leaf_index, c.kind, c.key, c.load_date, c.started_at,
            sha256('\x00'::pg_catalog.bytea || c.head || convert_to(E'\n' || encode(c.person_commitment, 'hex') || E'\n'
                || encode(c.text_commitment, 'hex'), 'SQL_ASCII')),
            c.person_salt, c.person_commitment, c.text_salt, c.text_commitment, c.arrived_at, 2
        FROM committed AS c
        UNION ALL
        SELECT p_block_number, c.leaf_index, c.kind, c.key, c.load_date, NULL,
            sha256('\x00'::pg_catalog.bytea || convert_to(jsonb_build_array('dbtrack link 1',
                encode(p.script_execution_parent_hk, 'hex'), (extract(epoch FROM p.load_date) * 1000000)::pg_catalog.int8,
                encode(p.parent_execution_hk, 'hex'), encode(p.child_execution_hk, 'hex'), p.link_type,
                encode(p.tenant_hk, 'hex'), p.record_source)::pg_catalog.text, v_encoding)),
            NULL, NULL, NULL, NULL, c.arrived_at, 2
        FROM chosen AS c
        JOIN script_tracking.script_execution_parent_l AS p
            ON p.load_date = c.load_date AND p.script_execution_parent_hk = c.key
        WHERE c.kind = 'link'
        RETURNING leaf_index, leaf_hash
    )
    SELECT array_agg(l.leaf_hash ORDER BY l.leaf_index) INTO v_hashes FROM leaf AS l;
    RETURN v_hashes;
END
$function$;

COMMENT ON FUNCTION script_tracking.write_leaves(
    pg_catalog.int8, pg_catalog.bytea[], pg_catalog.timestamptz[], pg_catalog.text[], pg_catalog.timestamptz[]) IS
    'Writes the leaves of one block; for the functions of this schema';
