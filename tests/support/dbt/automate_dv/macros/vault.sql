{# A stand-in for AutomateDV: macros of the same names and parameters, for PostgreSQL. #}

{% macro hub(src_pk, src_nk, src_extra_columns=none, src_ldts=none, src_source=none, source_model=none) %}
    {{- automate_dv._new_keys(src_pk, [src_nk], src_extra_columns, src_ldts, src_source, source_model) -}}
{% endmacro %}

{% macro link(src_pk, src_fk, src_extra_columns=none, src_ldts=none, src_source=none, source_model=none) %}
    {{- automate_dv._new_keys(src_pk, src_fk, src_extra_columns, src_ldts, src_source, source_model) -}}
{% endmacro %}

{% macro _new_keys(key, columns, extra, ldts, source, model) %}
    SELECT DISTINCT ON (s.{{ key }}) {% for column in [key] + columns + (extra or []) + [ldts, source] -%}
        s.{{ column }}{{ ", " if not loop.last }}{% endfor %}
    FROM {{ ref(model) }} AS s
    {% if is_incremental() -%}
    WHERE NOT EXISTS (SELECT FROM {{ this }} AS t WHERE t.{{ key }} = s.{{ key }})
    {% endif -%}
    ORDER BY s.{{ key }}, s.{{ ldts }}
{% endmacro %}

{% macro sat(src_pk, src_hashdiff, src_payload, src_extra_columns=none, src_eff=none, src_ldts=none, src_source=none, source_model=none) %}
    {%- set columns = [src_pk, src_hashdiff] + src_payload + (src_extra_columns or []) + [src_ldts, src_source] -%}
    SELECT {% for column in columns %}n.{{ column }}{{ ", " if not loop.last }}{% endfor %}
    FROM (
        SELECT s.*, lag(s.{{ src_hashdiff }}, 1,
            {% if is_incremental() -%}
            coalesce((SELECT t.{{ src_hashdiff }} FROM {{ this }} AS t WHERE t.{{ src_pk }} = s.{{ src_pk }}
                ORDER BY t.{{ src_ldts }} DESC LIMIT 1), '\xffffffff'::bytea)
            {%- else %}'\xffffffff'::bytea{% endif %})
            OVER (PARTITION BY s.{{ src_pk }} ORDER BY s.{{ src_ldts }}) AS earlier_hashdiff
        FROM {{ ref(source_model) }} AS s
    ) AS n
    WHERE n.{{ src_hashdiff }} <> n.earlier_hashdiff
{% endmacro %}
