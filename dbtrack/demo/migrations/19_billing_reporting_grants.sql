GRANT USAGE ON SCHEMA billing TO analyst;
GRANT SELECT ON billing.account, billing.invoice, billing.payment TO analyst;
REVOKE SELECT ON billing.account FROM analyst;
GRANT SELECT (account_id, currency, opened_on) ON billing.account TO analyst;
