-- Which of the texts a regular expression matches, by PostgreSQL's own rules, the same in every database.
SELECT t.value
FROM pg_catalog.unnest(%(texts)s::pg_catalog.text[]) AS t (value)
WHERE CASE WHEN %(ignores_case)s::pg_catalog.bool THEN t.value COLLATE "C" ~* %(pattern)s::pg_catalog.text
    ELSE t.value COLLATE "C" ~ %(pattern)s::pg_catalog.text END
