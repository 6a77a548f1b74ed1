-- Tallybook: accounts, invoices and payments.
CREATE SCHEMA billing;
COMMENT ON SCHEMA billing IS 'Tallybook: accounts receivable';
