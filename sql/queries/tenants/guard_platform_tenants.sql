-- What follows reads a table that another may have put something else in the place of: no view, no foreign table and no
-- policy of its owner's may run with the reader's rights, and nobody is waited for. The settings as they were.
SELECT g.name, current_setting(g.name, true), set_config(g.name, g.value, true)
FROM (VALUES ('restrict_nonsystem_relation_kind', 'view, foreign-table'), ('row_security', 'off'), ('lock_timeout', '2s'))
    AS g (name, value)
WHERE current_setting(g.name, true) IS NOT NULL;
