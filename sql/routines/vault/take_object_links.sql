-- Writes the links between what objects of a source were before a restore and after it, under the keys that they have here. The
-- numbers of the parts come later, when maintain has compared them there.
CREATE OR REPLACE FUNCTION script_tracking.take_object_links(p_source_name pg_catalog.text, p_links pg_catalog.json)
RETURNS pg_catalog.void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $function$
    INSERT INTO script_tracking.object_same_l AS o
        (object_same_hk, old_object_hk, new_object_hk, tenant_hk, load_date, renumbered, script_execution_hk, record_source)
    SELECT sha256(convert_to(p_source_name || '/', 'SQL_ASCII') || r.object_same_hk),
        sha256(convert_to(p_source_name || '/' || (l.link ->> 'old_object_bk'), 'SQL_ASCII')),
        sha256(convert_to(p_source_name || '/' || (l.link ->> 'new_object_bk'), 'SQL_ASCII')),
        t.tenant_hk, r.load_date, r.renumbered, r.script_execution_hk, r.record_source
    FROM json_array_elements(p_links) AS l (link)
    CROSS JOIN LATERAL json_populate_record(NULL::script_tracking.object_same_l, l.link -> 'row') AS r
    JOIN script_tracking.vault_tenant AS t
        ON t.source_name = p_source_name AND t.source_tenant_hk IS NOT DISTINCT FROM r.tenant_hk
    WHERE l.link ->> 'old_object_bk' IS NOT NULL AND l.link ->> 'new_object_bk' IS NOT NULL
    ON CONFLICT ON CONSTRAINT object_same_l_pkey DO UPDATE SET renumbered = excluded.renumbered WHERE o.renumbered IS NULL
$function$;

COMMENT ON FUNCTION script_tracking.take_object_links(pg_catalog.text, pg_catalog.json) IS
    'Writes links between objects of a source before and after a restore; for the functions of this schema';
