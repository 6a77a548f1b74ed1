-- Computes the hash of a block from its header, as write_block does; NULL for a block of the earlier format.
CREATE OR REPLACE FUNCTION script_tracking.vault_block_hash(p_block pg_catalog.jsonb)
RETURNS pg_catalog.bytea
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT CASE WHEN b.sealed_before IS NOT NULL THEN
        sha256('\x02'::pg_catalog.bytea || convert_to(jsonb_build_array('dbtrack block 2',
            b.block_number, b.segment_number, b.system_identifier, b.timeline, b.database_name, b.server_encoding,
            encode(b.previous_hash, 'hex'), encode(b.root_hash, 'hex'), b.leaf_count, b.first_transaction,
            b.last_transaction, (extract(epoch FROM b.first_load_date) * 1000000)::pg_catalog.int8,
            (extract(epoch FROM b.last_load_date) * 1000000)::pg_catalog.int8,
            (extract(epoch FROM b.sealed_at) * 1000000)::pg_catalog.int8,
            (extract(epoch FROM b.sealed_before) * 1000000)::pg_catalog.int8,
            b.replicated_leaves)::pg_catalog.text, 'UTF8')) END
    FROM jsonb_populate_record(NULL::script_tracking.seal_block, p_block) AS b
$function$;

COMMENT ON FUNCTION script_tracking.vault_block_hash(pg_catalog.jsonb) IS
    'The hash of a block of seals, from its header; for the functions of this schema';
