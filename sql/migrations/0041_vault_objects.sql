-- The history of objects of the sources of a vault. Their versions are in object_s, under keys that begin with the source. See
-- docs/vault.md.

ALTER TABLE script_tracking.vault_source
    ADD COLUMN object_versions bigint NOT NULL DEFAULT 0,
    ADD COLUMN objects_are_whole boolean,
    ADD COLUMN follows_erasures boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN script_tracking.vault_source.object_versions IS 'How many versions of objects arrived';
COMMENT ON COLUMN script_tracking.vault_source.objects_are_whole IS
    'Whether each execution that has versions of objects sends them; NULL: none has arrived, as from an older dbtrack';
COMMENT ON COLUMN script_tracking.vault_source.follows_erasures IS
    'Whether what the source erases is erased here, too, as an administrator has allowed';
COMMENT ON COLUMN script_tracking.object_h.object_bk IS
    'Incarnation, catalog and oid, as 16385:pg_class:16423. The incarnation is the oid of the schema script_tracking, which a '
    'restore and pg_upgrade change. An object that is renamed stays the same. In a vault, those of a source begin with its name: '
    'shop/16385:pg_class:16423';
COMMENT ON COLUMN script_tracking.object_s.object_bk IS
    'Incarnation, catalog and oid, as 16385:pg_class:16423; in a vault, of an object of a source, the name of the source and / before it';
COMMENT ON COLUMN script_tracking.object_s.hash_diff IS
    'SHA-256 over the attributes of this version; of a source of a vault as it was computed there';
