-- Removes a person from what anomalies are found in: first_seen, rollup_login, anomaly_score and anomaly_usual. An erasure calls
-- it. What the person did stays counted with the type and the tenant.
CREATE OR REPLACE FUNCTION script_tracking.forget_person_of_anomalies(p_subject pg_catalog.text)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    -- Waits for a session that notes versions of the person meanwhile; afterwards their rows say nothing of them.
    PERFORM FROM script_tracking.anomaly_state AS t FOR UPDATE;
    DELETE FROM script_tracking.first_seen AS f
    WHERE f.db_session_user = p_subject OR f.subject = p_subject OR f.subject ~* script_tracking.erase_pattern(p_subject);
    DELETE FROM script_tracking.rollup_login AS l WHERE l.db_session_user = p_subject;
    DELETE FROM script_tracking.anomaly_score AS a WHERE a.subject_kind = 'login' AND a.subject = p_subject;
    DELETE FROM script_tracking.anomaly_usual AS u WHERE u.subject_kind = 'login' AND u.subject = p_subject;
END
$function$;

COMMENT ON FUNCTION script_tracking.forget_person_of_anomalies(pg_catalog.text) IS
    'Removes a person from what anomalies are found in, for an erasure';
