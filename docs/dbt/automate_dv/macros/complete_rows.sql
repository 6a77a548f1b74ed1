{# The rows of a view of the mart that became complete since the last load of a table of the vault.

   load_date is not in commit order: what a long transaction wrote appears late. Before complete_before() no row can appear
   any more, so a load takes what is between this moment and that of the load before, which the table itself has. If a load
   fails, its table did not change, and the next load takes the same rows again. #}
{% macro complete_rows(view, vault_table) %}
    {%- set loaded = adapter.get_relation(database=this.database, schema=this.schema, identifier=vault_table) -%}
    SELECT v.*, b.complete_before
    FROM (SELECT script_tracking.complete_before() AS complete_before OFFSET 0) AS b
    JOIN {{ source('dbtrack', view) }} AS v ON v.load_date < b.complete_before
    {%- if loaded is not none and not flags.FULL_REFRESH %}
    WHERE v.load_date >= (SELECT coalesce(max(t.complete_before), '-infinity') FROM {{ loaded }} AS t)
    {%- endif %}
{% endmacro %}
