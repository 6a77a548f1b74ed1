-- Chains a block of these leaves to the last one. Its hash covers the header as docs/proof.md describes it.
CREATE OR REPLACE FUNCTION script_tracking.write_block(
    p_block_number pg_catalog.int8,
    p_segment_number pg_catalog.int4,
    p_place pg_catalog.jsonb,
    p_timeline pg_catalog.int8,
    p_leaf_hashes pg_catalog.bytea[],
    p_transactions pg_catalog.int8[],
    p_load_dates pg_catalog.timestamptz[],
    p_sealed_before pg_catalog.timestamptz,
    p_replicated_leaves pg_catalog.int8
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_block script_tracking.seal_block;
BEGIN
    v_block.block_number := p_block_number;
    v_block.segment_number := p_segment_number;
    v_block.system_identifier := p_place ->> 'system';
    v_block.timeline := p_timeline;
    v_block.database_name := p_place ->> 'database';
    v_block.server_encoding := getdatabaseencoding();
    v_block.previous_hash := coalesce((SELECT b.block_hash FROM script_tracking.seal_block AS b
        WHERE b.block_number = p_block_number - 1), decode(repeat('00', 32), 'hex'));
    v_block.root_hash := script_tracking.merkle_root(p_leaf_hashes);
    v_block.leaf_count := cardinality(p_leaf_hashes);
    SELECT min(t), max(t) INTO v_block.first_transaction, v_block.last_transaction FROM unnest(p_transactions) AS t;
    v_block.first_load_date := p_load_dates[1];
    v_block.last_load_date := p_load_dates[cardinality(p_load_dates)];
    v_block.sealed_at := clock_timestamp();
    v_block.sealed_before := p_sealed_before;
    v_block.replicated_leaves := p_replicated_leaves;
    v_block.block_hash := sha256('\x02'::pg_catalog.bytea || convert_to(jsonb_build_array('dbtrack block 2',
        v_block.block_number, v_block.segment_number, v_block.system_identifier, v_block.timeline, v_block.database_name,
        v_block.server_encoding, encode(v_block.previous_hash, 'hex'), encode(v_block.root_hash, 'hex'),
        v_block.leaf_count, v_block.first_transaction, v_block.last_transaction,
        (extract(epoch FROM v_block.first_load_date) * 1000000)::pg_catalog.int8,
        (extract(epoch FROM v_block.last_load_date) * 1000000)::pg_catalog.int8,
        (extract(epoch FROM v_block.sealed_at) * 1000000)::pg_catalog.int8,
        (extract(epoch FROM v_block.sealed_before) * 1000000)::pg_catalog.int8,
        v_block.replicated_leaves)::pg_catalog.text,
        CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END));
    INSERT INTO script_tracking.seal_block SELECT (v_block).*;
END
$function$;

COMMENT ON FUNCTION script_tracking.write_block(
    pg_catalog.int8, pg_catalog.int4, pg_catalog.jsonb, pg_catalog.int8, pg_catalog.bytea[], pg_catalog.int8[],
    pg_catalog.timestamptz[], pg_catalog.timestamptz, pg_catalog.int8) IS
    'Chains a block to the last one; for the functions of this schema';
