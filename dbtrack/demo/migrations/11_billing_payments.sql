CREATE TABLE billing.payment (
    payment_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    invoice_id   bigint NOT NULL REFERENCES billing.invoice,
    amount_cents bigint NOT NULL,
    received_at  timestamptz NOT NULL DEFAULT now(),
    bank_reference text
);

INSERT INTO billing.invoice (account_id, net_cents)
SELECT account_id, 5000 + account_id * 137 FROM billing.account;

-- A refund was booked as a payment of less than nothing: 15_billing_payment_amount_check will trip over it.
INSERT INTO billing.payment (invoice_id, amount_cents, bank_reference)
SELECT invoice_id, CASE invoice_id WHEN 7 THEN -gross_cents ELSE gross_cents END, 'SEPA ' || invoice_number
FROM billing.invoice
WHERE invoice_id % 2 = 1;
