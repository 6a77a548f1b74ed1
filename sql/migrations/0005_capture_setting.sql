-- What capture has to know of the settings and of the tenants, in one row: an aggregate over the settings, and a look-up
-- for a tenant where there is none, were a tenth of what a DDL was made to wait (docs/decisions/0006-capture-cost.md).

CREATE TABLE script_tracking.capture_setting (
    is_only boolean NOT NULL DEFAULT true CONSTRAINT capture_setting_pkey PRIMARY KEY CHECK (is_only),
    is_enabled boolean NOT NULL,
    with_temporary boolean NOT NULL,
    most_objects integer NOT NULL,
    statement_characters integer NOT NULL,
    redaction text NOT NULL,
    has_tenants boolean NOT NULL
);

COMMENT ON TABLE script_tracking.capture_setting IS
    'The settings that capture reads for each DDL: a copy that triggers of setting and tenant_h keep';

INSERT INTO script_tracking.capture_setting
SELECT true,
    coalesce(max(t.setting_value) FILTER (WHERE t.setting_name = 'capture.enabled'), 'on') = 'on',
    coalesce(max(t.setting_value) FILTER (WHERE t.setting_name = 'capture.temporary_objects'), 'off') = 'on',
    coalesce(max(t.setting_value) FILTER (WHERE t.setting_name = 'capture.objects'), '1000')::integer,
    coalesce(max(t.setting_value) FILTER (WHERE t.setting_name = 'capture.statement_characters'), '100000')::integer,
    coalesce(max(t.setting_value) FILTER (WHERE t.setting_name = 'redaction.mode'), 'secrets'),
    EXISTS (SELECT FROM script_tracking.tenant_h)
FROM script_tracking.setting AS t;
