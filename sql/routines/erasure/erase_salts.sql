-- Returns what remains of a salt after values of its part were erased: 33 bytes for each value, 0 and its own salt, or
-- 1 and its commitment, which without the salt reveals nothing about the value. A value that was erased before stays
-- erased.
CREATE OR REPLACE FUNCTION script_tracking.erase_salts(
    p_salt pg_catalog.bytea,
    p_values pg_catalog.bytea[],
    p_is_erased pg_catalog.bool[]
)
RETURNS pg_catalog.bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT string_agg(CASE
        WHEN length(p_salt) > 16 AND get_byte(p_salt, (v.position * 33)::pg_catalog.int4) = 1
            THEN substr(p_salt, (v.position * 33 + 1)::pg_catalog.int4, 33)
        WHEN v.is_erased THEN '\x01'::pg_catalog.bytea || sha256(v.salt || v.value)
        ELSE '\x00'::pg_catalog.bytea || v.salt END, '\x'::pg_catalog.bytea ORDER BY v.position)
    FROM (
        SELECT u.value, u.is_erased, u.position - 1 AS position,
            CASE WHEN length(p_salt) = 16 THEN sha256(p_salt || set_byte('\x00', 0, (u.position - 1)::pg_catalog.int4))
                ELSE substr(p_salt, ((u.position - 1) * 33 + 2)::pg_catalog.int4, 32) END AS salt
        FROM unnest(p_values, p_is_erased) WITH ORDINALITY AS u (value, is_erased, position)
    ) AS v
$function$;

COMMENT ON FUNCTION script_tracking.erase_salts(pg_catalog.bytea, pg_catalog.bytea[], pg_catalog.bool[]) IS
    'What remains of a salt after values of its part were erased; for the functions of this schema';
