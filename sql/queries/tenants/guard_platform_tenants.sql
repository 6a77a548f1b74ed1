-- The next query reads a table that somebody may have replaced with something else. So no view, no foreign table and no
-- policy of its owner may run with the reader's rights, and nobody is waited for. Returns the previous settings.
SELECT g.name, current_setting(g.name, true), set_config(g.name, g.value, true)
FROM (VALUES ('restrict_nonsystem_relation_kind', 'view, foreign-table'), ('row_security', 'off'), ('lock_timeout', '2s'))
    AS g (name, value)
WHERE current_setting(g.name, true) IS NOT NULL;
