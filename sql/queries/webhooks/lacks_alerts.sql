-- Returns whether a webhook gets alerts and no executions, and no alert exists.
SELECT NOT EXISTS (SELECT FROM script_tracking.alert)
    AND EXISTS (
        SELECT FROM script_tracking.event_endpoint AS e
        WHERE e.endpoint_name = %(name)s AND 'alert.*' = ANY (e.event_types)
            AND NOT EXISTS (SELECT FROM unnest(e.event_types) AS t (pattern) WHERE t.pattern ~ '^(execution|[*])'))
