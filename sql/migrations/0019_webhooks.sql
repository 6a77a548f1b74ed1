-- The state of deliveries to webhooks, beside their cursors (0018), and the events that a receiver refused.

CREATE TABLE script_tracking.webhook_delivery (
    endpoint_name varchar(63) NOT NULL CONSTRAINT webhook_delivery_pkey PRIMARY KEY
        CONSTRAINT webhook_delivery_endpoint REFERENCES script_tracking.event_endpoint (endpoint_name) ON DELETE CASCADE,
    event_id text,
    attempt_count integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz,
    refused_in_row integer NOT NULL DEFAULT 0,
    last_failure text,
    last_failure_at timestamptz
) WITH (fillfactor = 50);
COMMENT ON TABLE script_tracking.webhook_delivery IS
    'Attempts to deliver the next event of each webhook, so that a worker that starts again keeps to the waiting time';
COMMENT ON COLUMN script_tracking.webhook_delivery.endpoint_name IS 'The webhook';
COMMENT ON COLUMN script_tracking.webhook_delivery.event_id IS 'The event that was tried and not delivered; NULL: there is none';
COMMENT ON COLUMN script_tracking.webhook_delivery.attempt_count IS 'How often it was tried';
COMMENT ON COLUMN script_tracking.webhook_delivery.next_attempt_at IS 'When it is tried again; NULL: at once';
COMMENT ON COLUMN script_tracking.webhook_delivery.refused_in_row IS 'Dead letters since the last delivery';
COMMENT ON COLUMN script_tracking.webhook_delivery.last_failure IS 'What the receiver answered last, shortened and without secrets';
COMMENT ON COLUMN script_tracking.webhook_delivery.last_failure_at IS 'When that was';

CREATE TABLE script_tracking.webhook_dead_letter (
    endpoint_name varchar(63) NOT NULL
        CONSTRAINT webhook_dead_letter_endpoint REFERENCES script_tracking.event_endpoint (endpoint_name) ON DELETE CASCADE,
    event_id text NOT NULL,
    event_number bigint NOT NULL,
    event_type text NOT NULL,
    event jsonb NOT NULL,
    attempt_count integer NOT NULL,
    last_failure text NOT NULL,
    dead_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT webhook_dead_letter_pkey PRIMARY KEY (endpoint_name, event_id)
);
COMMENT ON TABLE script_tracking.webhook_dead_letter IS
    'Events that a receiver refused so often that those behind them went first; dbtrack webhook replay sends them again';
COMMENT ON COLUMN script_tracking.webhook_dead_letter.endpoint_name IS 'The webhook';
COMMENT ON COLUMN script_tracking.webhook_dead_letter.event_id IS 'The id of the event, under which it is sent again';
COMMENT ON COLUMN script_tracking.webhook_dead_letter.event_number IS 'Its running number';
COMMENT ON COLUMN script_tracking.webhook_dead_letter.event_type IS 'Its type';
COMMENT ON COLUMN script_tracking.webhook_dead_letter.event IS 'The event as it is sent';
COMMENT ON COLUMN script_tracking.webhook_dead_letter.attempt_count IS 'How often it was tried';
COMMENT ON COLUMN script_tracking.webhook_dead_letter.last_failure IS 'What the receiver answered last, shortened and without secrets';
COMMENT ON COLUMN script_tracking.webhook_dead_letter.dead_at IS 'When it was given up';
