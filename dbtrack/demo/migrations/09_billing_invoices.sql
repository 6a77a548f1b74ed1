BEGIN;
CREATE TYPE billing.invoice_status AS ENUM ('open', 'paid', 'void');

CREATE SEQUENCE billing.invoice_number AS bigint START WITH 100001;

CREATE TABLE billing.invoice (
    invoice_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id     bigint NOT NULL REFERENCES billing.account,
    invoice_number bigint NOT NULL UNIQUE DEFAULT nextval('billing.invoice_number'),
    status         billing.invoice_status NOT NULL DEFAULT 'open',
    net_cents      bigint NOT NULL,
    vat_percent    numeric(4, 2) NOT NULL DEFAULT 19.00,
    gross_cents    bigint GENERATED ALWAYS AS (net_cents + round(net_cents * vat_percent / 100)::bigint) STORED,
    due_on         date NOT NULL DEFAULT current_date + 14
);
ALTER SEQUENCE billing.invoice_number OWNED BY billing.invoice.invoice_number;
CREATE INDEX invoice_open_idx ON billing.invoice (due_on) WHERE status = 'open';
COMMIT;
