-- A log whose entries can be forged, if dbtrack ingest has read it recently.
SELECT 'WARNING', 'log_line_prefix', 'it has %u or %d, and dbtrack ingest reads the log in the form stderr: whoever reaches '
    'the server''s port can write what looks like an entry there',
    'ALTER SYSTEM SET log_destination = ''jsonlog''; SELECT pg_reload_conf()'
WHERE current_setting('log_line_prefix') ~ '%-?[0-9]*[ud]'
    AND current_setting('log_destination') !~ 'csvlog|jsonlog'
    AND EXISTS (SELECT FROM script_tracking.log_position AS p
        WHERE p.log_format = 'stderr' AND p.last_read_at > now() - '30 days'::interval)
