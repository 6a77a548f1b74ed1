-- Refuses a value that a setting of evidence or of classes cannot have.
CREATE OR REPLACE FUNCTION script_tracking.check_evidence_setting(p_setting_name pg_catalog.text, p_value pg_catalog.text)
RETURNS pg_catalog.void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_unknown pg_catalog.text;
BEGIN
    CASE p_setting_name
        WHEN 'evidence.hours' THEN
            PERFORM FROM script_tracking.evidence_hours(p_value);
        WHEN 'evidence.zone', 'rollups.zone' THEN
            IF NOT EXISTS (SELECT FROM pg_catalog.pg_timezone_names AS z WHERE z.name = p_value) THEN
                RAISE EXCEPTION '% cannot be "%"', p_setting_name, p_value
                    USING ERRCODE = 'DT006', HINT = 'the name of a time zone, such as UTC or Europe/Berlin';
            END IF;
        WHEN 'evidence.review_every', 'classes.review_every' THEN
            IF p_value !~ '^(|[1-9][0-9]{0,2}d|quarter)$' THEN
                RAISE EXCEPTION '% cannot be "%"', p_setting_name, p_value
                    USING ERRCODE = 'DT006', HINT = 'a number of days such as 7d, or quarter; empty: no review is due';
            END IF;
        WHEN 'classes.names' THEN
            IF cardinality(script_tracking.setting_names(p_value)) = 0 OR EXISTS (
                SELECT FROM unnest(script_tracking.setting_names(p_value)) AS n WHERE length(n) > 63
                    OR n ~ '[!-,/:-@[-^`{-~[:cntrl:]]') THEN
                RAISE EXCEPTION '% cannot be "%"', p_setting_name, p_value
                    USING ERRCODE = 'DT006', HINT = 'one name or more, separated by commas, of letters, digits, spaces and _ . -';
            END IF;
        WHEN 'evidence.in_force' THEN
            SELECT n INTO v_unknown FROM unnest(script_tracking.setting_names(p_value)) AS n
            WHERE n NOT IN (SELECT f.framework FROM script_tracking.framework_periods() AS f) LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'there is no framework "%"', v_unknown
                    USING ERRCODE = 'DT006', HINT = format('one of: %s; for one of your own, set retention.least_days',
                        (SELECT string_agg(f.framework, ', ' ORDER BY f.framework) FROM script_tracking.framework_periods() AS f));
            END IF;
        ELSE NULL;
    END CASE;
END
$function$;

COMMENT ON FUNCTION script_tracking.check_evidence_setting(pg_catalog.text, pg_catalog.text) IS
    'Refuses a value that a setting of evidence or of classes cannot have';
