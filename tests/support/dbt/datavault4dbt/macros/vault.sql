{# A stand-in for datavault4dbt: macros of the same names and parameters, for PostgreSQL. As there, a table takes only what is
   newer than all it has, unless disable_hwm is set. sat_v0 has no additional_columns: it got them later than hub and link. #}

{% macro hub(yaml_metadata=none, hashkey=none, business_keys=none, source_models=none, src_ldts='ldts', src_rsrc='rsrc',
    disable_hwm=false, additional_columns=none) %}
    {{- datavault4dbt._new_keys(hashkey, business_keys, additional_columns, src_ldts, src_rsrc, source_models, disable_hwm) -}}
{% endmacro %}

{% macro link(yaml_metadata=none, link_hashkey=none, foreign_hashkeys=none, source_models=none, src_ldts='ldts', src_rsrc='rsrc',
    disable_hwm=false, additional_columns=none) %}
    {{- datavault4dbt._new_keys(link_hashkey, foreign_hashkeys, additional_columns, src_ldts, src_rsrc, source_models, disable_hwm) -}}
{% endmacro %}

{% macro _new_keys(key, columns, extra, ldts, rsrc, model, disable_hwm) %}
    SELECT DISTINCT ON (s.{{ key }}) {% for column in [key] + columns + [ldts, rsrc] + (extra or []) -%}
        s.{{ column }}{{ ", " if not loop.last }}{% endfor %}
    FROM {{ ref(model) }} AS s
    WHERE true
    {% if is_incremental() -%}
        AND NOT EXISTS (SELECT FROM {{ this }} AS t WHERE t.{{ key }} = s.{{ key }})
        {% if not disable_hwm %}AND s.{{ ldts }} > (SELECT max(t.{{ ldts }}) FROM {{ this }} AS t){% endif %}
    {% endif -%}
    ORDER BY s.{{ key }}, s.{{ ldts }}
{% endmacro %}

{% macro sat_v0(yaml_metadata=none, parent_hashkey=none, src_hashdiff=none, src_payload=none, source_model=none, src_ldts='ldts',
    src_rsrc='rsrc', disable_hwm=false, source_is_single_batch=false) %}
    {%- set columns = [parent_hashkey, src_hashdiff, src_rsrc, src_ldts] + src_payload -%}
    SELECT {% for column in columns %}n.{{ column }}{{ ", " if not loop.last }}{% endfor %}
    FROM (
        SELECT s.*, lag(s.{{ src_hashdiff }}) OVER (PARTITION BY s.{{ parent_hashkey }} ORDER BY s.{{ src_ldts }}) AS earlier_hashdiff
        FROM {{ ref(source_model) }} AS s
        {% if is_incremental() and not disable_hwm %}WHERE s.{{ src_ldts }} > (SELECT max(t.{{ src_ldts }}) FROM {{ this }} AS t){% endif %}
    ) AS n
    WHERE n.{{ src_hashdiff }} IS DISTINCT FROM n.earlier_hashdiff
    {% if is_incremental() -%}
        AND n.{{ src_hashdiff }} IS DISTINCT FROM (SELECT t.{{ src_hashdiff }} FROM {{ this }} AS t
            WHERE t.{{ parent_hashkey }} = n.{{ parent_hashkey }} ORDER BY t.{{ src_ldts }} DESC LIMIT 1)
    {% endif -%}
{% endmacro %}
