-- Returns the next objects of this incarnation, and for each that no catalog has any more, though its last version does not say that
-- it was dropped, the version that must be added.
CREATE OR REPLACE FUNCTION script_tracking.gone_objects(
    p_after pg_catalog.bytea,
    p_most pg_catalog.int4,
    p_since pg_catalog.timestamptz
)
RETURNS TABLE (object_hk pg_catalog.bytea, is_gone pg_catalog.bool, version pg_catalog.jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT n.object_hk, g.is_gone, CASE WHEN g.is_gone THEN script_tracking.explained_version(
        jsonb_build_array(n.object_bk, g.object_type, g.object_identity, NULL, NULL, '{"object": null}'::pg_catalog.jsonb),
        p_since, false) END
    FROM (SELECT h.object_hk, h.object_bk, string_to_array(h.object_bk, ':') AS bk FROM script_tracking.object_h AS h
        -- Not those of the sources of a vault.
        WHERE h.object_hk > p_after AND strpos(h.object_bk, '/') = 0 ORDER BY h.object_hk LIMIT p_most) AS n
    LEFT JOIN LATERAL (
        SELECT s.object_type, s.object_identity, NOT s.definition ? 'object' AS is_gone
        FROM script_tracking.object_s AS s
        WHERE s.object_hk = n.object_hk
            AND n.bk[1] = 'script_tracking'::pg_catalog.regnamespace::pg_catalog.oid::pg_catalog.text
            AND CASE n.bk[2]
                WHEN 'pg_class' THEN NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_proc' THEN NOT EXISTS (SELECT FROM pg_proc AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_type' THEN NOT EXISTS (SELECT FROM pg_type AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_namespace' THEN NOT EXISTS (SELECT FROM pg_namespace AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_statistic_ext' THEN NOT EXISTS (SELECT FROM pg_statistic_ext AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_foreign_server' THEN NOT EXISTS (SELECT FROM pg_foreign_server AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_foreign_data_wrapper' THEN NOT EXISTS (
                    SELECT FROM pg_foreign_data_wrapper AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_extension' THEN NOT EXISTS (SELECT FROM pg_extension AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_collation' THEN NOT EXISTS (SELECT FROM pg_collation AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_cast' THEN NOT EXISTS (SELECT FROM pg_cast AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_operator' THEN NOT EXISTS (SELECT FROM pg_operator AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_ts_config' THEN NOT EXISTS (SELECT FROM pg_ts_config AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_ts_dict' THEN NOT EXISTS (SELECT FROM pg_ts_dict AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_publication' THEN NOT EXISTS (SELECT FROM pg_publication AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_subscription' THEN NOT EXISTS (SELECT FROM pg_subscription AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_event_trigger' THEN NOT EXISTS (SELECT FROM pg_event_trigger AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_user_mapping' THEN NOT EXISTS (SELECT FROM pg_user_mappings AS c WHERE c.umid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_default_acl' THEN NOT EXISTS (SELECT FROM pg_default_acl AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_language' THEN NOT EXISTS (SELECT FROM pg_language AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_am' THEN NOT EXISTS (SELECT FROM pg_am AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_transform' THEN NOT EXISTS (SELECT FROM pg_transform AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_conversion' THEN NOT EXISTS (SELECT FROM pg_conversion AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_opfamily' THEN NOT EXISTS (SELECT FROM pg_opfamily AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_opclass' THEN NOT EXISTS (SELECT FROM pg_opclass AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_ts_parser' THEN NOT EXISTS (SELECT FROM pg_ts_parser AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                WHEN 'pg_ts_template' THEN NOT EXISTS (SELECT FROM pg_ts_template AS c WHERE c.oid = n.bk[3]::pg_catalog.oid)
                ELSE false END
        ORDER BY s.load_date DESC, s.version_number DESC LIMIT 1
    ) AS g ON true
    ORDER BY n.object_hk;
END
$function$;

COMMENT ON FUNCTION script_tracking.gone_objects(pg_catalog.bytea, pg_catalog.int4, pg_catalog.timestamptz) IS
    'Objects that the history knows, and whether they are gone without its knowledge';
