-- The functions that sealed in format 1, as the versions with ten migrations had them: for the tests that their seals hold.

-- The root of a tree of RFC 6962 over leaf hashes, level by level: an odd one at the end of a level rises as it is, which
-- gives the same tree as splitting at the largest power of two.
CREATE OR REPLACE FUNCTION script_tracking.merkle_root(p_leaf_hashes pg_catalog.bytea[])
RETURNS pg_catalog.bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_level pg_catalog.bytea[] := p_leaf_hashes;
BEGIN
    WHILE cardinality(v_level) > 1 LOOP
        v_level := ARRAY(
            SELECT CASE WHEN p.right_hash IS NULL THEN p.left_hash
                ELSE sha256('\x01'::pg_catalog.bytea || p.left_hash || p.right_hash) END
            FROM (
                SELECT u.hash AS left_hash, lead(u.hash) OVER (ORDER BY u.position) AS right_hash, u.position
                FROM unnest(v_level) WITH ORDINALITY AS u (hash, position)
            ) AS p
            WHERE p.position % 2 = 1
            ORDER BY p.position);
    END LOOP;
    RETURN v_level[1];
END
$function$;

COMMENT ON FUNCTION script_tracking.merkle_root(pg_catalog.bytea[]) IS 'The root of a Merkle tree (RFC 6962) over these leaf hashes';

-- Which database this is, and which copy of our table: a dump carries a snapshot elsewhere, where its oids mean nothing.
CREATE OR REPLACE FUNCTION script_tracking.catalog_place()
RETURNS pg_catalog.jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT jsonb_build_object('database', d.datname, 'database oid', d.oid,
        'table oid', 'script_tracking.catalog_object'::pg_catalog.regclass::pg_catalog.oid,
        'system', c.system_identifier::pg_catalog.text)
    FROM pg_catalog.pg_database AS d
    CROSS JOIN pg_control_system() AS c
    WHERE d.datname = current_database()
$function$;

COMMENT ON FUNCTION script_tracking.catalog_place() IS 'Which server, database and table this is, for dbtrack reconcile';

-- Where a chain of seals is written: a dump, a copy, a failover each begin another segment of it.
CREATE OR REPLACE FUNCTION script_tracking.seal_place(OUT o_place pg_catalog.jsonb, OUT o_timeline pg_catalog.int8)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    -- Not pg_control_checkpoint(): that tells of a promotion only after the next checkpoint.
    SELECT script_tracking.catalog_place()
            || jsonb_build_object('table oid', 'script_tracking.seal_block'::pg_catalog.regclass::pg_catalog.oid),
        ('x' || lpad(left(pg_walfile_name(pg_current_wal_lsn()), 8), 16, '0'))::pg_catalog."bit"(64)::pg_catalog.int8
$function$;

COMMENT ON FUNCTION script_tracking.seal_place() IS 'Server, database, table and timeline of the chain of seals';

-- A moment before which no transaction that is still open can have written a record. What the owner may not see,
-- and prepared transactions, whose beginning nobody keeps, are taken to be a day old.
CREATE OR REPLACE FUNCTION script_tracking.records_since()
RETURNS pg_catalog.timestamptz
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT least(clock_timestamp(),
        -- Of a session that may not be seen, backend_type is NULL. Extensions run DDL in workers of their own.
        (SELECT min(coalesce(a.xact_start, CASE WHEN a.backend_type IS NULL THEN now() - '1 day'::pg_catalog."interval" END))
         FROM pg_catalog.pg_stat_activity AS a
         WHERE a.datname = current_database() AND a.backend_type IS DISTINCT FROM 'autovacuum worker'),
        (SELECT min(p.prepared) - '1 day'::pg_catalog."interval" FROM pg_catalog.pg_prepared_xacts AS p
         WHERE p.database = current_database()))
$function$;

COMMENT ON FUNCTION script_tracking.records_since() IS
    'A moment before which no transaction that is still open can have written a record';

-- The next rows to seal, at most so many and all of one month, and the moment before which every row is sealed once they
-- are. A row waits while its transaction is not behind the oldest that runs.
CREATE OR REPLACE FUNCTION script_tracking.choose_unsealed(
    p_sealed_before pg_catalog.timestamptz,
    p_most_rows pg_catalog.int8,
    OUT o_keys pg_catalog.bytea[],
    OUT o_load_dates pg_catalog.timestamptz[],
    OUT o_kinds pg_catalog.text[],
    OUT o_transactions pg_catalog.int8[],
    OUT o_sealed_before pg_catalog.timestamptz
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
SET plan_cache_mode = force_custom_plan
-- In order of the primary keys and no further than needed: a hash join would read all that waits for every block.
SET enable_hashjoin = off
SET enable_bitmapscan = off
SET enable_sort = off
AS $function$
BEGIN
    WITH snapshot AS MATERIALIZED (
        SELECT pg_snapshot_xmin(s.now)::pg_catalog.text::pg_catalog.int8 AS oldest,
            pg_snapshot_xmax(s.now)::pg_catalog.text::pg_catalog.int8 AS next
        FROM pg_current_snapshot() AS s (now)
    ), version AS MATERIALIZED (
        SELECT 'version' AS kind, s.script_execution_hk AS key, s.load_date, s.xmin
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_date >= p_sealed_before AND NOT EXISTS (
            SELECT FROM script_tracking.seal_leaf AS l
            WHERE l.load_date = s.load_date AND l.record_hk = s.script_execution_hk AND l.load_date >= p_sealed_before)
        ORDER BY s.load_date, s.script_execution_hk
        LIMIT p_most_rows
    ), link AS MATERIALIZED (
        SELECT 'link' AS kind, p.script_execution_parent_hk AS key, p.load_date, p.xmin
        FROM script_tracking.script_execution_parent_l AS p
        WHERE p.load_date >= p_sealed_before AND NOT EXISTS (
            SELECT FROM script_tracking.seal_leaf AS l
            WHERE l.load_date = p.load_date AND l.record_hk = p.script_execution_parent_hk
                AND l.load_date >= p_sealed_before)
        ORDER BY p.load_date, p.script_execution_parent_hk
        LIMIT p_most_rows
    ), candidate AS (
        -- How far behind the oldest transaction, around the circle of 32-bit ids.
        SELECT c.*, s.oldest, s.next - s.oldest AS running,
            (c.xmin::pg_catalog.text::pg_catalog.int8 - s.oldest % 4294967296 + 4294967296) % 4294967296 AS distance
        FROM (SELECT v.* FROM version AS v UNION ALL SELECT k.* FROM link AS k) AS c
        CROSS JOIN snapshot AS s
    ), ready AS MATERIALIZED (
        SELECT c.kind, c.key, c.load_date, c.oldest - (4294967296 - c.distance) AS transaction
        FROM candidate AS c WHERE c.distance >= c.running
    ), ranked AS MATERIALIZED (
        SELECT r.*, row_number() OVER (ORDER BY r.load_date, r.key) <= p_most_rows AND r.load_date < date_trunc('month',
            (SELECT min(f.load_date) FROM ready AS f)) + '1 month'::pg_catalog."interval" AS is_chosen
        FROM ready AS r
    )
    SELECT array_agg(r.key ORDER BY r.load_date, r.key) FILTER (WHERE r.is_chosen),
        array_agg(r.load_date ORDER BY r.load_date, r.key) FILTER (WHERE r.is_chosen),
        array_agg(r.kind ORDER BY r.load_date, r.key) FILTER (WHERE r.is_chosen),
        array_agg(r.transaction ORDER BY r.load_date, r.key) FILTER (WHERE r.is_chosen),
        least(
            (SELECT min(w.load_date) FROM candidate AS w WHERE w.distance < w.running),
            min(r.load_date) FILTER (WHERE NOT r.is_chosen),
            (SELECT max(v.load_date) FROM version AS v HAVING count(*) = p_most_rows),
            (SELECT max(k.load_date) FROM link AS k HAVING count(*) = p_most_rows))
    INTO o_keys, o_load_dates, o_kinds, o_transactions, o_sealed_before
    FROM ranked AS r;
END
$function$;

COMMENT ON FUNCTION script_tracking.choose_unsealed(pg_catalog.timestamptz, pg_catalog.int8) IS
    'The next rows to seal; for the functions of this schema';

-- Writes the leaves of one block and gives their hashes in order. What is hashed, byte for byte: docs/proof.md. The same
-- expressions stand in queries/verify_leaves.sql, where the client hashes them itself; a test holds them equal.
CREATE OR REPLACE FUNCTION script_tracking.write_leaves(
    p_block_number pg_catalog.int8,
    p_keys pg_catalog.bytea[],
    p_load_dates pg_catalog.timestamptz[],
    p_kinds pg_catalog.text[]
)
RETURNS pg_catalog.bytea[]
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $function$
DECLARE
    v_encoding pg_catalog.name := CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END;
    v_hashes pg_catalog.bytea[];
BEGIN
    WITH chosen AS MATERIALIZED (
        SELECT u.key, u.load_date, u.kind, u.position - 1 AS leaf_index
        FROM unnest(p_keys, p_load_dates, p_kinds) WITH ORDINALITY AS u (key, load_date, kind, position)
    ), content AS MATERIALIZED (
        SELECT c.*, CASE WHEN h.load_date IS NULL THEN (
                SELECT min(f.load_date) FROM script_tracking.script_execution_h AS f
                WHERE f.script_execution_hk = c.key AND f.load_date < c.load_date) END AS started_at,
            uuid_send(gen_random_uuid()) AS person_salt, uuid_send(gen_random_uuid()) AS text_salt,
            convert_to(jsonb_build_array('dbtrack version 1', encode(s.script_execution_hk, 'hex'),
                (extract(epoch FROM s.load_date) * 1000000)::pg_catalog.int8, s.version_number,
                encode(s.tenant_hk, 'hex'), s.script_name, s.script_type, s.execution_status,
                (extract(epoch FROM s.execution_timestamp) * 1000000)::pg_catalog.int8, s.execution_duration_ms,
                s.record_source, h.script_execution_bk, encode(h.tenant_hk, 'hex'), h.record_source
            )::pg_catalog.text, v_encoding) AS head,
            convert_to(jsonb_build_array(s.db_session_user, s.client_ip::pg_catalog.text, s.metadata -> 'role',
                s.metadata -> 'application_name', s.metadata -> 'client_host', s.metadata -> 'host',
                s.metadata -> 'os_user', s.metadata -> 'user', s.metadata -> 'email', encode(s.hash_diff, 'hex')
            )::pg_catalog.text, v_encoding) AS person,
            convert_to(jsonb_build_array(s.affected_objects, s.sql_command, s.error_message, s.metadata
                - '{role,application_name,client_host,host,os_user,user,email}'::pg_catalog.text[]
            )::pg_catalog.text, v_encoding) AS words
        FROM chosen AS c
        JOIN script_tracking.script_execution_s AS s ON s.load_date = c.load_date AND s.script_execution_hk = c.key
        LEFT JOIN script_tracking.script_execution_h AS h ON h.load_date = c.load_date AND h.script_execution_hk = c.key
        WHERE c.kind = 'version'
    ), committed AS MATERIALIZED (
        SELECT c.*, sha256(c.person_salt || c.person) AS person_commitment, sha256(c.text_salt || c.words) AS text_commitment
        FROM content AS c
    ), leaf AS (
        INSERT INTO script_tracking.seal_leaf
            (block_number, leaf_index, leaf_kind, record_hk, load_date, started_at, leaf_hash, person_salt,
             person_commitment, text_salt, text_commitment)
        SELECT p_block_number, c.leaf_index, c.kind, c.key, c.load_date, c.started_at,
            sha256('\x00'::pg_catalog.bytea || c.head || convert_to(E'\n' || encode(c.person_commitment, 'hex') || E'\n'
                || encode(c.text_commitment, 'hex'), 'SQL_ASCII')),
            c.person_salt, c.person_commitment, c.text_salt, c.text_commitment
        FROM committed AS c
        UNION ALL
        SELECT p_block_number, c.leaf_index, c.kind, c.key, c.load_date, NULL,
            sha256('\x00'::pg_catalog.bytea || convert_to(jsonb_build_array('dbtrack link 1',
                encode(p.script_execution_parent_hk, 'hex'), (extract(epoch FROM p.load_date) * 1000000)::pg_catalog.int8,
                encode(p.parent_execution_hk, 'hex'), encode(p.child_execution_hk, 'hex'), p.link_type,
                encode(p.tenant_hk, 'hex'), p.record_source)::pg_catalog.text, v_encoding)),
            NULL, NULL, NULL, NULL
        FROM chosen AS c
        JOIN script_tracking.script_execution_parent_l AS p
            ON p.load_date = c.load_date AND p.script_execution_parent_hk = c.key
        WHERE c.kind = 'link'
        RETURNING leaf_index, leaf_hash
    )
    SELECT array_agg(l.leaf_hash ORDER BY l.leaf_index) INTO v_hashes FROM leaf AS l;
    RETURN v_hashes;
END
$function$;

COMMENT ON FUNCTION script_tracking.write_leaves(
    pg_catalog.int8, pg_catalog.bytea[], pg_catalog.timestamptz[], pg_catalog.text[]) IS
    'Writes the leaves of one block; for the functions of this schema';

-- Chains a block of these leaves to the last one. Its hash covers the header as docs/proof.md spells it.
CREATE OR REPLACE FUNCTION script_tracking.write_block(
    p_block_number pg_catalog.int8,
    p_segment_number pg_catalog.int4,
    p_place pg_catalog.jsonb,
    p_timeline pg_catalog.int8,
    p_leaf_hashes pg_catalog.bytea[],
    p_transactions pg_catalog.int8[],
    p_load_dates pg_catalog.timestamptz[]
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_block script_tracking.seal_block;
BEGIN
    v_block.block_number := p_block_number;
    v_block.segment_number := p_segment_number;
    v_block.system_identifier := p_place ->> 'system';
    v_block.timeline := p_timeline;
    v_block.database_name := p_place ->> 'database';
    v_block.server_encoding := getdatabaseencoding();
    v_block.previous_hash := coalesce((SELECT b.block_hash FROM script_tracking.seal_block AS b
        WHERE b.block_number = p_block_number - 1), decode(repeat('00', 32), 'hex'));
    v_block.root_hash := script_tracking.merkle_root(p_leaf_hashes);
    v_block.leaf_count := cardinality(p_leaf_hashes);
    SELECT min(t), max(t) INTO v_block.first_transaction, v_block.last_transaction FROM unnest(p_transactions) AS t;
    v_block.first_load_date := p_load_dates[1];
    v_block.last_load_date := p_load_dates[cardinality(p_load_dates)];
    v_block.sealed_at := clock_timestamp();
    v_block.block_hash := sha256('\x02'::pg_catalog.bytea || convert_to(jsonb_build_array('dbtrack block 1',
        v_block.block_number, v_block.segment_number, v_block.system_identifier, v_block.timeline, v_block.database_name,
        v_block.server_encoding, encode(v_block.previous_hash, 'hex'), encode(v_block.root_hash, 'hex'),
        v_block.leaf_count, v_block.first_transaction, v_block.last_transaction,
        (extract(epoch FROM v_block.first_load_date) * 1000000)::pg_catalog.int8,
        (extract(epoch FROM v_block.last_load_date) * 1000000)::pg_catalog.int8,
        (extract(epoch FROM v_block.sealed_at) * 1000000)::pg_catalog.int8)::pg_catalog.text,
        CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END));
    INSERT INTO script_tracking.seal_block SELECT (v_block).*;
END
$function$;

COMMENT ON FUNCTION script_tracking.write_block(
    pg_catalog.int8, pg_catalog.int4, pg_catalog.jsonb, pg_catalog.int8, pg_catalog.bytea[], pg_catalog.int8[],
    pg_catalog.timestamptz[]) IS 'Chains a block to the last one; for the functions of this schema';

-- Seals one block of what is not sealed yet. o_is_finished false: call again, in a transaction of its own.
-- The order matters: first the start of the oldest open transaction, then the rows, seen a little later. What a
-- transaction still open then writes has a load_date after that start, and is looked for next time.
CREATE OR REPLACE FUNCTION script_tracking.seal_step(
    p_most_rows pg_catalog.int8 DEFAULT 50000,
    OUT o_block_number pg_catalog.int8,
    OUT o_leaves pg_catalog.int8,
    OUT o_is_finished pg_catalog.bool
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_place record;
    v_state script_tracking.seal_state;
    v_last script_tracking.seal_block;
    v_open_since pg_catalog.timestamptz;
    v_chosen record;
    v_is_elsewhere pg_catalog.bool;
BEGIN
    IF p_most_rows IS NULL OR p_most_rows NOT BETWEEN 1 AND 1000000 THEN
        RAISE EXCEPTION 'the rows of a block must be 1 to 1000000, not %', p_most_rows
            USING ERRCODE = 'DT006', HINT = 'run: dbtrack seal';
    END IF;
    -- One older snapshot for the whole transaction would hide rows that were committed since, for ever.
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE EXCEPTION 'sealing needs a transaction of isolation level read committed, not %',
            current_setting('transaction_isolation') USING ERRCODE = 'DT006', HINT = 'run: dbtrack seal';
    END IF;
    PERFORM FROM script_tracking.installation AS i WHERE i.property_name = 'lock.seal' FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'another seal is running' USING ERRCODE = 'DT005', HINT = 'nothing was done; run it again later';
    END IF;
    PERFORM pg_stat_clear_snapshot();
    -- A minute more, for a clock that was set back.
    v_open_since := script_tracking.records_since() - '1 minute'::pg_catalog."interval";
    SELECT p.o_place, p.o_timeline INTO v_place FROM script_tracking.seal_place() AS p;
    SELECT s.* INTO v_state FROM script_tracking.seal_state AS s;
    SELECT b.* INTO v_last FROM script_tracking.seal_block AS b ORDER BY b.block_number DESC LIMIT 1;
    v_is_elsewhere := v_state.place - 'database' IS DISTINCT FROM v_place.o_place - 'database'
        OR v_state.timeline IS DISTINCT FROM v_place.o_timeline;
    -- Elsewhere the clock was another: every row is looked at once.
    SELECT c.* INTO v_chosen FROM script_tracking.choose_unsealed(
        CASE WHEN v_is_elsewhere THEN '-infinity' ELSE v_state.sealed_before END, p_most_rows) AS c;
    o_leaves := coalesce(cardinality(v_chosen.o_keys), 0);
    o_is_finished := o_leaves = 0 OR v_chosen.o_sealed_before IS NULL;
    IF o_leaves > 0 THEN
        o_block_number := coalesce(v_last.block_number, 0) + 1;
        PERFORM script_tracking.write_block(o_block_number, CASE WHEN v_is_elsewhere
                THEN coalesce(v_last.segment_number, 0) + 1 ELSE v_last.segment_number END,
            v_place.o_place, v_place.o_timeline, script_tracking.write_leaves(o_block_number, v_chosen.o_keys,
                v_chosen.o_load_dates, v_chosen.o_kinds), v_chosen.o_transactions, v_chosen.o_load_dates);
    END IF;
    IF o_leaves > 0 OR NOT v_is_elsewhere THEN
        DELETE FROM script_tracking.seal_state;
        INSERT INTO script_tracking.seal_state (sealed_before, last_run_at, place, timeline)
        VALUES (least(v_chosen.o_sealed_before, v_open_since), clock_timestamp(), v_place.o_place, v_place.o_timeline);
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.seal_step(pg_catalog.int8) IS
    'Seals one block of the rows that are not sealed yet; call it until it says that it is finished';
