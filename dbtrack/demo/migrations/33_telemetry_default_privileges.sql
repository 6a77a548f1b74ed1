ALTER DEFAULT PRIVILEGES IN SCHEMA telemetry GRANT SELECT ON TABLES TO analyst;
CREATE TABLE telemetry.alert_rule (
    alert_rule_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    device_id     integer NOT NULL REFERENCES telemetry.device,
    watt_hours_above numeric(12, 3) NOT NULL,
    notify_email  text NOT NULL
);
