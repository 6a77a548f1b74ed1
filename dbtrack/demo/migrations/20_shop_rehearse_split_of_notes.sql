-- A rehearsal: it shows whether the statements run, and leaves nothing behind.
BEGIN;
CREATE TABLE shop.order_note (
    order_id   bigint NOT NULL REFERENCES shop.orders,
    written_at timestamptz NOT NULL DEFAULT now(),
    note       text NOT NULL
);
INSERT INTO shop.order_note (order_id, note) SELECT order_id, notes FROM shop.orders WHERE notes IS NOT NULL;
ALTER TABLE shop.orders DROP COLUMN notes;
ROLLBACK;
