-- The DDL of these roles cannot be captured; only a comparison of the catalogs finds their changes.
SELECT 'WARNING', 'supautils', 'DDL of these roles is not captured, and nobody looked for it in the last two days: '
    || u.roles, 'dbtrack reconcile # regularly, from cron'
FROM (SELECT script_tracking.uncaptured_roles() AS roles) AS u
WHERE u.roles IS NOT NULL AND NOT EXISTS (
    SELECT FROM script_tracking.catalog_snapshot AS c WHERE c.taken_at > now() - interval '2 days');
