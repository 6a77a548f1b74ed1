ALTER TYPE billing.invoice_status ADD VALUE 'disputed' BEFORE 'void';
ALTER TABLE billing.invoice ADD COLUMN disputed_on date;
