CREATE TABLE shop.customer (
    customer_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email        text NOT NULL,
    display_name text NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX customer_email_key ON shop.customer (lower(email));

CREATE TABLE shop.address (
    address_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id  bigint NOT NULL REFERENCES shop.customer,
    street       text NOT NULL,
    postal_code  text NOT NULL,
    city         text NOT NULL,
    country_code char(2) NOT NULL
);
CREATE INDEX address_customer_id_idx ON shop.address (customer_id);
COMMENT ON COLUMN shop.address.country_code IS 'ISO 3166-1 alpha-2';
