-- Gridpulse: readings of electricity meters.
CREATE SCHEMA telemetry;
COMMENT ON SCHEMA telemetry IS 'Gridpulse: meters and their readings';
