SELECT set_config(g.name, g.value, true)
FROM unnest(%(names)s::pg_catalog.text[], %(values)s::pg_catalog.text[]) AS g (name, value);
