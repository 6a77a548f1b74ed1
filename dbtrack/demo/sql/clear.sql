-- Only ever run in a database that carries the demonstration's mark.
DROP SCHEMA IF EXISTS shop, billing, telemetry CASCADE;
