-- Removes the explanation of a table that lost a column, or the default of one, which no recorded command dropped: it
-- was removed with something temporary, such as its type. A column that was renamed before it was dropped is recorded
-- under its new name; then the statement that renamed it, or its table, contains the old one.
CREATE OR REPLACE FUNCTION script_tracking.explain_lost_columns()
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF NOT EXISTS (SELECT FROM script_tracking.catalog_difference AS d
        WHERE d.lost_columns || d.lost_defaults <> '{}' AND d.is_explained) THEN
        RETURN;
    END IF;
    WITH explanation AS MATERIALIZED (
        SELECT m.* FROM script_tracking.catalog_explanations() AS m
    ), lost AS MATERIALIZED (
        SELECT d.difference_id, c.name, c.prefix FROM script_tracking.catalog_difference AS d
        CROSS JOIN LATERAL (
            SELECT l.name, '' FROM unnest(d.lost_columns) AS l (name)
            UNION ALL
            -- PostgreSQL names a default like this: for public.orders.total.
            SELECT l.name, 'for ' FROM unnest(d.lost_defaults) AS l (name)) AS c (name, prefix)
        WHERE d.is_explained
    ), relation AS MATERIALIZED (
        SELECT r.difference_id, r.identity, r.schema_name FROM script_tracking.catalog_related() AS r
        WHERE r.difference_id IN (SELECT l.difference_id FROM lost AS l)
    ), part AS MATERIALIZED (
        SELECT l.*, r.identity, r.schema_name, l.prefix || r.identity || '.' || quote_ident(l.name) AS part_identity
        FROM lost AS l
        JOIN relation AS r ON r.difference_id = l.difference_id
    ), dropped AS (
        -- Two joins by hash; one join with OR would compare each row with each.
        SELECT p.difference_id, p.name, p.prefix
        FROM part AS p
        JOIN explanation AS m ON m.identity = p.part_identity
        WHERE m.is_drop
        UNION ALL
        SELECT p.difference_id, p.name, p.prefix
        FROM part AS p
        JOIN explanation AS m ON m.identity = p.identity
        WHERE m.is_cut_off OR (m.is_drop AND m.command_tag NOT LIKE 'DROP %' AND NOT m.is_of_column)
    ), renamed AS (
        SELECT p.difference_id, p.name, p.prefix
        FROM part AS p
        JOIN explanation AS m ON m.identity = p.identity AND m.command_tag LIKE 'ALTER %'
        JOIN script_tracking.script_execution_s AS s ON s.script_execution_hk = m.script_execution_hk
            AND s.load_end_date IS NULL
        WHERE s.sql_command ~* '[[:<:]]rename[[:>:]]' COLLATE "C"
            AND (script_tracking.names_object(s.sql_command, quote_ident(p.name), NULL)
                OR script_tracking.names_object(s.sql_command, p.identity, p.schema_name))
            AND EXISTS (SELECT FROM explanation AS e WHERE e.is_drop AND e.object_type ~ ' column$|^default value$')
    )
    UPDATE script_tracking.catalog_difference AS d
    SET is_explained = false, explained_by = NULL
    FROM lost AS l
    WHERE l.difference_id = d.difference_id
        AND (l.difference_id, l.name, l.prefix) NOT IN (
            SELECT o.difference_id, o.name, o.prefix FROM dropped AS o
            UNION ALL
            SELECT o.difference_id, o.name, o.prefix FROM renamed AS o);
END
$function$;

COMMENT ON FUNCTION script_tracking.explain_lost_columns() IS
    'Removes the explanation of a table that lost a column which no recorded command dropped, for dbtrack reconcile';
