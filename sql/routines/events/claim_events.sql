-- Returns the next events of an endpoint, in order, to the worker that has its lease. They are sent only after this
-- transaction is committed: it waits for the log to reach the disk, so no event is sent that a crash of the server
-- could undo. Nothing is acknowledged by it: without acknowledge_events the same events come again, with the same ids
-- and numbers. event_position is what acknowledge_events takes. A row without an id: there is more; call again.
CREATE OR REPLACE FUNCTION script_tracking.claim_events(
    p_name pg_catalog.text,
    p_lease pg_catalog.int8,
    p_seconds pg_catalog.int4,
    p_most_events pg_catalog.int4 DEFAULT 200
)
RETURNS TABLE (
    event_number pg_catalog.int8,
    event_id pg_catalog.text,
    event_type pg_catalog.text,
    event_time pg_catalog.timestamptz,
    subject pg_catalog.text,
    tenant pg_catalog.text,
    event_data pg_catalog.jsonb,
    event_chain pg_catalog.bytea,
    event_position pg_catalog.jsonb
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET jit = off
SET max_parallel_workers_per_gather = 0
SET "TimeZone" = 'UTC'
AS $function$
#variable_conflict use_column
DECLARE
    v_endpoint script_tracking.event_endpoint;
    v_next script_tracking.event_endpoint;
    v_hks pg_catalog.bytea[];
    v_dates pg_catalog.timestamptz[];
    v_versions pg_catalog.int8[];
    v_seen_by pg_catalog.pg_snapshot;
    v_present pg_catalog.pg_snapshot;
    v_pages pg_catalog.int4 := 0;
    v_rows pg_catalog.int4;
    v_event record;
    v_after script_tracking.event_endpoint;
    v_number pg_catalog.int8;
    v_chain pg_catalog.bytea;
    v_outcome pg_catalog.text := 'more';
BEGIN
    -- The snapshot of a transaction with an id does not tell whether what it has written itself is new.
    IF pg_current_xact_id_if_assigned() IS NOT NULL
        OR current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE EXCEPTION 'events must be claimed in a transaction of their own, at isolation level read committed'
            USING ERRCODE = 'DT006';
    END IF;
    IF p_most_events BETWEEN 1 AND 100000 IS NOT TRUE THEN
        RAISE EXCEPTION 'a batch has from 1 to 100000 events, not %', coalesce(p_most_events::pg_catalog.text, 'NULL')
            USING ERRCODE = 'DT006';
    END IF;
    PERFORM script_tracking.check_lease_seconds(p_seconds);
    SELECT e.* INTO v_endpoint FROM script_tracking.event_endpoint AS e WHERE e.endpoint_name = p_name;
    PERFORM script_tracking.check_lease(v_endpoint, p_name, p_lease);
    PERFORM script_tracking.check_timeline(v_endpoint);
    v_number := v_endpoint.sent_count;
    v_chain := v_endpoint.event_chain;
    -- For so long it passes events that this endpoint does not get.
    WHILE v_outcome = 'more' AND clock_timestamp() < statement_timestamp() + make_interval(secs => p_seconds / 3.0) LOOP
        v_pages := v_pages + 1;
        v_present := pg_current_snapshot();
        SELECT array_agg(p.event_hk), array_agg(p.load_date), array_agg(p.version_number),
            max(p.seen_by::pg_catalog.text)::pg_catalog.pg_snapshot
        INTO v_hks, v_dates, v_versions, v_seen_by
        FROM script_tracking.event_page(v_endpoint, p_most_events) AS p;
        v_rows := coalesce(cardinality(v_hks), 0);
        IF v_rows = p_most_events AND v_endpoint.target IS NULL AND v_endpoint.replay_until IS NULL THEN
            v_endpoint := script_tracking.fix_difference(v_endpoint, p_most_events);
            CONTINUE;
        END IF;
        IF v_rows = 0 AND v_endpoint.target IS NULL AND v_endpoint.replay_until IS NULL THEN
            v_outcome := 'end';
            v_next := script_tracking.pass_nothing(v_endpoint, v_present);
            -- Nothing has changed, and the lease is still long: the usual poll.
            IF v_pages = 1 AND v_next.delivered::pg_catalog.text = v_endpoint.delivered::pg_catalog.text
                AND v_endpoint.lease_until > clock_timestamp() + make_interval(secs => p_seconds / 2.0) THEN
                RETURN;
            END IF;
            v_endpoint := v_next;
            EXIT;
        END IF;
        v_next := script_tracking.advance_endpoint(v_endpoint, v_rows < p_most_events, v_seen_by, v_dates[v_rows],
            v_hks[v_rows], v_versions[v_rows]);
        FOR v_event IN
            SELECT p.place, e.*, t.tenant_bk, lead(p.place) OVER (ORDER BY p.place) IS NULL AS is_last
            FROM unnest(v_hks, v_dates) WITH ORDINALITY AS p (event_hk, load_date, place)
            JOIN script_tracking.event AS e ON e.load_date = p.load_date AND e.event_hk = p.event_hk
            LEFT JOIN script_tracking.tenant_h AS t ON t.tenant_hk = e.tenant_hk
            WHERE script_tracking.event_matches(e.event_type, e.tenant_hk, v_endpoint.event_types, v_endpoint.tenant_hks)
                -- A notice may name the endpoints that it is for.
                AND (NOT e.is_notice OR coalesce(e.event_data -> 'endpoints' ? p_name, true))
            ORDER BY p.place
        LOOP
            v_outcome := 'found';
            v_number := v_number + 1;
            v_chain := sha256(v_chain || convert_to(v_event.event_id, 'UTF8'));
            event_number := v_number;
            event_id := v_event.event_id;
            event_type := v_event.event_type;
            event_time := v_event.load_date;
            subject := v_event.subject;
            tenant := v_event.tenant_bk;
            event_data := v_event.event_data;
            event_chain := v_chain;
            v_after := v_next;
            IF NOT v_event.is_last THEN
                v_after := script_tracking.advance_endpoint(v_endpoint, false, v_seen_by, v_event.load_date,
                    v_event.event_hk, v_versions[v_event.place]);
            END IF;
            v_after.sent_count := v_number;
            v_after.event_chain := v_chain;
            v_after.last_event_id := event_id;
            v_after.last_event_at := event_time;
            event_position := script_tracking.endpoint_position(v_after);
            RETURN NEXT;
        END LOOP;
        IF v_outcome = 'found' THEN
            -- What is claimed is passed when it is acknowledged. Until then its difference is fixed, so that the same
            -- events come again with the same numbers, whatever is committed meanwhile.
            IF v_endpoint.replay_until IS NULL THEN
                v_endpoint.target := v_seen_by;
            END IF;
            EXIT;
        END IF;
        v_endpoint := v_next;
    END LOOP;
    PERFORM script_tracking.save_claim(v_endpoint, p_seconds, v_outcome = 'found');
    IF v_outcome = 'more' THEN
        event_id := NULL;
        RETURN NEXT;
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.claim_events(pg_catalog.text, pg_catalog.int8, pg_catalog.int4, pg_catalog.int4) IS
    'The next events of an endpoint, for the worker that has its lease; to be sent after this transaction is committed';
