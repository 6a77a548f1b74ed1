CREATE TYPE shop.product_status AS ENUM ('draft', 'active', 'withdrawn');

CREATE TABLE shop.category (
    category_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id   integer REFERENCES shop.category,
    title       text NOT NULL
);

CREATE TABLE shop.product (
    product_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    category_id integer NOT NULL REFERENCES shop.category,
    sku         text NOT NULL UNIQUE,
    title       text NOT NULL,
    price_cents bigint NOT NULL CHECK (price_cents >= 0),
    status      shop.product_status NOT NULL DEFAULT 'draft'
);
CREATE INDEX product_active_idx ON shop.product (category_id) WHERE status = 'active';
