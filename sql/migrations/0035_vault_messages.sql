-- The source of a message that came through a broker is found by the hash of its token's hash: the token is not in it.
CREATE INDEX vault_source_key_id ON script_tracking.vault_source (sha256(token_hash)) WHERE token_hash IS NOT NULL;
