-- Bare columns: a cast, an operator or a qualified name could call a function of the table's owner.
SELECT tenant_hk, tenant_bk FROM auth.tenant_h LIMIT 1000001;
