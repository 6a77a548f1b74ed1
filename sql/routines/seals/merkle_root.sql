-- Returns the root of a tree of RFC 6962 over leaf hashes, level by level: an odd hash at the end of a level moves up
-- unchanged, which gives the same tree as splitting at the largest power of two.
CREATE OR REPLACE FUNCTION script_tracking.merkle_root(p_leaf_hashes pg_catalog.bytea[])
RETURNS pg_catalog.bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_level pg_catalog.bytea[] := p_leaf_hashes;
BEGIN
    WHILE cardinality(v_level) > 1 LOOP
        v_level := ARRAY(
            SELECT CASE WHEN p.right_hash IS NULL THEN p.left_hash
                ELSE sha256('\x01'::pg_catalog.bytea || p.left_hash || p.right_hash) END
            FROM (
                SELECT u.hash AS left_hash, lead(u.hash) OVER (ORDER BY u.position) AS right_hash, u.position
                FROM unnest(v_level) WITH ORDINALITY AS u (hash, position)
            ) AS p
            WHERE p.position % 2 = 1
            ORDER BY p.position);
    END LOOP;
    RETURN v_level[1];
END
$function$;

COMMENT ON FUNCTION script_tracking.merkle_root(pg_catalog.bytea[]) IS 'The root of a Merkle tree (RFC 6962) over these leaf hashes';
