-- Saltmarsh Outfitters: the web shop's own schema.
CREATE SCHEMA shop;
COMMENT ON SCHEMA shop IS 'Saltmarsh Outfitters: web shop';
