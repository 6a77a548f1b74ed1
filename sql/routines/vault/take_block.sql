-- Verifies a block of the seals of a source: its own hash, that it follows the block before, its tree of leaves, and each leaf
-- against the row that is here. If rows are not here, it returns which, and takes nothing: the source sends them, and the
-- block again with p_is_final. p_leaves NULL: the source no longer has all leaves, because a cleanup removed rows; then only
-- the chain is verified. A block that is here already must have the same hash.
CREATE OR REPLACE FUNCTION script_tracking.take_block(
    p_source script_tracking.vault_source,
    p_place pg_catalog.jsonb,
    p_block pg_catalog.jsonb,
    p_leaves pg_catalog.json,
    p_is_final pg_catalog.bool,
    OUT o_block_number pg_catalog.int8,
    OUT o_missing pg_catalog.jsonb,
    OUT o_findings pg_catalog.int8
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
AS $function$
DECLARE
    v_source script_tracking.vault_source := p_source;
    v_block CONSTANT script_tracking.seal_block := jsonb_populate_record(NULL::script_tracking.seal_block, p_block);
    v_known pg_catalog.bytea := (SELECT b.block_hash FROM script_tracking.vault_block AS b
        WHERE b.source_name = v_source.source_name AND b.block_number = v_block.block_number);
    v_leaves record;
    v_problems pg_catalog.text[] := '{}';
    -- What was sealed before findings were accepted would be found again.
    v_compared CONSTANT pg_catalog.json := CASE WHEN v_block.sealed_at < v_source.accepted_at THEN NULL ELSE p_leaves END;
BEGIN
    PERFORM script_tracking.check_source_place(v_source, p_place);
    o_block_number := v_source.block_number;
    o_findings := 0;
    IF v_known IS NOT NULL THEN
        IF v_known <> v_block.block_hash THEN
            o_findings := 1;
            PERFORM script_tracking.note_vault_finding(v_source.source_name, 'rewritten', 'block ' || v_block.block_number,
                format('block %s of its seals has another hash than when it arrived: the record and its seals were rewritten, '
                    'or a failover or restore lost them', v_block.block_number));
        END IF;
        RETURN;
    END IF;
    IF script_tracking.vault_block_hash(p_block) <> v_block.block_hash THEN
        v_problems := v_problems || 'its hash is not that of its header'::pg_catalog.text;
    END IF;
    IF EXISTS (SELECT FROM script_tracking.vault_block AS b WHERE b.source_name = v_source.source_name)
        AND v_block.previous_hash IS DISTINCT FROM (SELECT b.block_hash FROM script_tracking.vault_block AS b
            WHERE b.source_name = v_source.source_name AND b.block_number = v_block.block_number - 1) THEN
        v_problems := v_problems || 'it does not follow the block before'::pg_catalog.text;
    END IF;
    IF p_leaves IS NOT NULL AND script_tracking.merkle_root(ARRAY(
            SELECT l.leaf_hash FROM json_to_recordset(p_leaves) AS l (leaf_index pg_catalog.int8, leaf_hash pg_catalog.bytea)
            ORDER BY l.leaf_index)) IS DISTINCT FROM v_block.root_hash THEN
        v_problems := v_problems || 'its leaves are not those of its root'::pg_catalog.text;
    END IF;
    SELECT count(*) FILTER (WHERE l.is_here AND NOT l.differs) AS agree,
        count(*) FILTER (WHERE l.is_here AND l.differs) AS differ,
        min(l.leaf_kind || ' ' || encode(l.record_hk, 'hex')) FILTER (WHERE l.is_here AND l.differs) AS first_differing,
        count(*) FILTER (WHERE NOT l.is_here) AS missing,
        jsonb_agg(jsonb_build_array(l.leaf_kind, encode(l.record_hk, 'hex'), l.load_date)) FILTER (WHERE NOT l.is_here) AS keys
    INTO v_leaves
    FROM script_tracking.vault_leaves(v_source.source_name, v_compared) AS l;
    IF v_leaves.missing > 0 AND NOT p_is_final THEN
        o_missing := v_leaves.keys;
        RETURN;
    ELSIF v_leaves.missing > 0 THEN
        o_findings := o_findings + 1;
        PERFORM script_tracking.note_vault_finding(v_source.source_name, 'missing', 'block ' || v_block.block_number,
            format('%s rows that block %s seals did not arrive, first %s', v_leaves.missing, v_block.block_number,
                v_leaves.keys ->> 0));
    END IF;
    IF v_leaves.differ > 0 THEN
        v_problems := v_problems || format('%s rows differ from what it seals, first %s', v_leaves.differ,
            v_leaves.first_differing);
    END IF;
    IF v_problems <> '{}' THEN
        o_findings := o_findings + 1;
        PERFORM script_tracking.note_vault_finding(v_source.source_name, 'seal', 'block ' || v_block.block_number,
            format('block %s: %s', v_block.block_number, array_to_string(v_problems, '; ')));
    END IF;
    -- Its versions of objects arrived before the block.
    IF v_source.objects_are_whole IS NOT NULL AND v_compared IS NOT NULL THEN
        o_findings := o_findings + script_tracking.check_vault_objects(v_source.source_name, l.keys, l.load_dates,
            v_source.objects_are_whole)
        FROM (SELECT array_agg(j.record_hk) AS keys, array_agg(j.load_date) AS load_dates
            FROM json_to_recordset(v_compared) AS j (leaf_kind pg_catalog.text, record_hk pg_catalog.bytea,
                load_date pg_catalog.timestamptz)
            WHERE j.leaf_kind = 'version') AS l;
    END IF;
    INSERT INTO script_tracking.vault_block (source_name, block_number, block_hash, leaf_count, verified_leaves, sealed_at)
    VALUES (v_source.source_name, v_block.block_number, v_block.block_hash, v_block.leaf_count, v_leaves.agree,
        v_block.sealed_at);
    o_block_number := v_block.block_number;
    UPDATE script_tracking.vault_source AS s
    SET block_number = greatest(s.block_number, v_block.block_number), verified_rows = s.verified_rows + v_leaves.agree,
        verified_before = CASE WHEN o_findings = 0
            THEN greatest(s.verified_before, coalesce(v_block.sealed_before, v_block.last_load_date))
            ELSE s.verified_before END,
        last_seen_at = clock_timestamp()
    WHERE s.source_name = v_source.source_name;
END
$function$;

COMMENT ON FUNCTION script_tracking.take_block(
    script_tracking.vault_source, pg_catalog.jsonb, pg_catalog.jsonb, pg_catalog.json, pg_catalog.bool) IS
    'Verifies a block of the seals of a source; for the functions of this schema';
