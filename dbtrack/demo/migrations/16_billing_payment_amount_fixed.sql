-- Refunds get a table of their own; then the constraint of number 15 holds.
BEGIN;
CREATE TABLE billing.refund (
    refund_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    invoice_id   bigint NOT NULL REFERENCES billing.invoice,
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    paid_out_at  timestamptz NOT NULL DEFAULT now()
);
WITH wrong AS (
    DELETE FROM billing.payment WHERE amount_cents < 0 RETURNING invoice_id, amount_cents
)
INSERT INTO billing.refund (invoice_id, amount_cents) SELECT invoice_id, -amount_cents FROM wrong;
ALTER TABLE billing.payment ADD COLUMN booked_by text;
ALTER TABLE billing.payment ADD CONSTRAINT payment_amount_positive CHECK (amount_cents > 0);
COMMIT;
