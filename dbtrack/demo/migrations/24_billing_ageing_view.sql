CREATE VIEW billing.open_by_age AS
SELECT account.account_id,
       account.legal_name,
       current_date - invoice.due_on AS days_overdue,
       sum(invoice.gross_cents) AS open_cents
FROM billing.invoice
JOIN billing.account USING (account_id)
WHERE invoice.status = 'open'
GROUP BY 1, 2, 3;
GRANT SELECT ON billing.open_by_age TO analyst;
