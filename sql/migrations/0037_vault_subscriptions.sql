-- A source of a vault whose record a subscription brings, instead of dbtrack push. See docs/vault.md.

ALTER TABLE script_tracking.vault_source
    ADD COLUMN subscription_name name CONSTRAINT vault_source_subscription UNIQUE;
COMMENT ON COLUMN script_tracking.vault_source.subscription_name IS
    'The subscription of this database that brings its record; NULL: it pushes';
