BEGIN;
CREATE TYPE shop.order_status AS ENUM ('placed', 'paid', 'shipped', 'cancelled');

CREATE TABLE shop.orders (
    order_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES shop.customer,
    status      shop.order_status NOT NULL DEFAULT 'placed',
    placed_at   timestamptz NOT NULL DEFAULT now(),
    notes       text
);

CREATE TABLE shop.order_line (
    order_id    bigint NOT NULL REFERENCES shop.orders ON DELETE CASCADE,
    line_number smallint NOT NULL,
    product_id  bigint NOT NULL REFERENCES shop.product,
    quantity    integer NOT NULL CHECK (quantity > 0),
    unit_cents  bigint NOT NULL,
    PRIMARY KEY (order_id, line_number)
);
CREATE INDEX orders_customer_id_idx ON shop.orders (customer_id, placed_at DESC);
COMMIT;
