-- What a source sent through a broker: the body is what dbtrack push sends, whole.
SELECT r.o_source_name, r.o_refused, r.o_versions, r.o_findings
FROM script_tracking.receive_message(%(key_id)s::pg_catalog.bytea, %(step)s::pg_catalog.text, %(sent_at)s::pg_catalog.timestamptz,
    %(body)s::pg_catalog.text, %(mac)s::pg_catalog.bytea) AS r
