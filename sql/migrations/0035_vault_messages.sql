-- The source of a message that came through a broker is found by the hash of its token's hash: the token is not in it.
CREATE INDEX vault_source_key_id ON script_tracking.vault_source (sha256(token_hash)) WHERE token_hash IS NOT NULL;

-- A source erased a person: it must be done here, too.
ALTER TABLE script_tracking.vault_finding DROP CONSTRAINT vault_finding_kind;
ALTER TABLE script_tracking.vault_finding ADD CONSTRAINT vault_finding_kind
    CHECK (finding_kind IN ('place', 'fork', 'gap', 'foreign', 'rewritten', 'seal', 'missing', 'erasure'));
COMMENT ON COLUMN script_tracking.vault_finding.finding_kind IS
    'place: another database pushes; fork, gap: the chain of events; foreign: a row of another source; rewritten: a row or a '
    'block that had arrived differs now; seal: rows do not agree with the seal; missing: a sealed row did not arrive; '
    'erasure: the source erased a person, and this database must, too';
