-- The parts in which the catalogs and the record differ: what is there, rendered whole, beside the newest recorded versions.
WITH catalog (oid) AS (
    VALUES (1259::oid), (1255), (1247), (2615), (3381), (1417), (2328), (3079),
        (3456), (2605), (2617), (3602), (3600), (6104), (6100), (1418), (826),
        (2612), (2601), (3576), (2607), (2753), (2616), (3601), (3764)
), there AS (
    SELECT r.object_bk, r.identity, r.definition
    FROM catalog AS c
    CROSS JOIN LATERAL script_tracking.catalog_history(c.oid, 0, 1000000) AS o (oid)
    CROSS JOIN LATERAL (
        SELECT p.o_object_bk AS object_bk, p.o_identity AS identity, p.o_definition AS definition
        FROM script_tracking.relation_parts(o.oid, true, NULL, NULL, NULL, NULL, NULL, 'test', 'secrets') AS p
        WHERE c.oid = 1259
        UNION ALL
        SELECT d.value ->> 0, d.value ->> 2, d.value -> 5
        FROM script_tracking.object_definition(c.oid, o.oid, 'test', 'secrets') AS d (value)
        WHERE c.oid <> 1259
    ) AS r
), recorded AS (
    SELECT DISTINCT s.object_hk, s.object_bk FROM script_tracking.object_s AS s
), compared AS (
    SELECT coalesce(t.identity, r.object_bk) AS identity, t.definition AS wanted,
        script_tracking.folded_definition(r.object_hk) AS found
    FROM there AS t FULL JOIN recorded AS r ON r.object_bk = t.object_bk
)
SELECT c.identity, d.part, d.wanted, d.found
FROM compared AS c
CROSS JOIN LATERAL (
    SELECT coalesce(w.key, f.key) AS part, w.value AS wanted, f.value AS found
    FROM jsonb_each(c.wanted) AS w FULL JOIN jsonb_each(c.found) AS f ON f.key = w.key
    WHERE w.value IS DISTINCT FROM f.value
) AS d
-- Those of a new database, which only a sweep describes.
WHERE d.found IS NOT NULL OR (c.identity NOT IN ('public', 'plpgsql') AND c.identity NOT LIKE 'dbtrack@_mart%' ESCAPE '@')
ORDER BY 1, 2
