BEGIN;
ALTER TABLE billing.invoice ENABLE ROW LEVEL SECURITY;
CREATE POLICY invoice_analyst ON billing.invoice FOR SELECT TO analyst USING (status <> 'disputed');
COMMIT;
