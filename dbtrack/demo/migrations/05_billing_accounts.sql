CREATE DOMAIN billing.currency_code AS char(3) CHECK (VALUE ~ '^[A-Z]{3}$');

CREATE TABLE billing.account (
    account_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    legal_name  text NOT NULL,
    vat_number  text UNIQUE,
    currency    billing.currency_code NOT NULL DEFAULT 'EUR',
    opened_on   date NOT NULL DEFAULT current_date,
    closed_on   date,
    CHECK (closed_on IS NULL OR closed_on >= opened_on)
);

INSERT INTO billing.account (legal_name, vat_number)
SELECT 'Customer ' || number, 'DE' || (810000000 + number)
FROM generate_series(1, 40) AS number;
