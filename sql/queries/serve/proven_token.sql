-- The token that the transaction proved, with its tenants by name; no row: it is not valid.
SELECT t.token_id, t.token_name, t.token_scope, t.requests_per_minute, t.tenant_hk,
    CASE WHEN t.reaches_hk IS NOT NULL THEN
        ARRAY(SELECT h.tenant_bk::text FROM script_tracking.tenant_h AS h
              WHERE h.tenant_hk = ANY (t.reaches_hk) ORDER BY h.tenant_bk) END AS tenants,
    (SELECT h.tenant_hk FROM script_tracking.tenant_h AS h
     WHERE h.tenant_bk = %(tenant)s::text OR encode(h.tenant_hk, 'hex') = lower(%(tenant)s::text COLLATE "C")
     ORDER BY h.tenant_bk = %(tenant)s::text DESC LIMIT 1) AS asked_hk
FROM script_tracking.proven_token() AS t;
