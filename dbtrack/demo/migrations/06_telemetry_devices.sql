CREATE TYPE telemetry.device_kind AS ENUM ('meter', 'inverter', 'gateway');

CREATE TABLE telemetry.site (
    site_id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_name text NOT NULL UNIQUE,
    latitude  numeric(8, 5) CHECK (latitude BETWEEN -90 AND 90),
    longitude numeric(8, 5) CHECK (longitude BETWEEN -180 AND 180)
);

CREATE TABLE telemetry.device (
    device_id     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id       integer NOT NULL REFERENCES telemetry.site,
    kind          telemetry.device_kind NOT NULL,
    serial_number text NOT NULL UNIQUE,
    installed_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX device_site_id_idx ON telemetry.device (site_id);
