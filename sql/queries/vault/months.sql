-- A source is about to send rows of these months: the body is what dbtrack push sends, whole.
SELECT script_tracking.prepare_months(%(token)s::pg_catalog.text, ARRAY(
    SELECT m.month FROM pg_catalog.json_array_elements_text(%(body)s::pg_catalog.json -> 'months') AS m (month)))
