-- The slow one: pg_sleep stands in for a table of a few million orders.
BEGIN;
INSERT INTO shop.category (title) VALUES ('Boots'), ('Waxed jackets');
INSERT INTO shop.product (category_id, sku, title, price_cents, status)
SELECT 1 + number % 2, 'SM-' || number, 'Product ' || number, 1900 + 100 * number, 'active'
FROM generate_series(1, 50) AS number;
INSERT INTO shop.customer (email, display_name)
SELECT 'customer' || number || '@example.com', 'Customer ' || number FROM generate_series(1, 200) AS number;
INSERT INTO shop.orders (customer_id) SELECT customer_id FROM shop.customer;
INSERT INTO shop.order_line (order_id, line_number, product_id, quantity, unit_cents)
SELECT order_id, 1, 1 + order_id % 50, 2, 4900 FROM shop.orders;
DO $$ BEGIN PERFORM pg_sleep(1.5); END $$;
ALTER TABLE shop.orders ADD CONSTRAINT orders_total_not_negative CHECK (total_cents >= 0);
COMMIT;
