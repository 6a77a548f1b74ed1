-- Fails: one payment in the table is negative. The transaction takes the new column along.
BEGIN;
ALTER TABLE billing.payment ADD COLUMN booked_by text;
ALTER TABLE billing.payment ADD CONSTRAINT payment_amount_positive CHECK (amount_cents > 0);
COMMIT;
