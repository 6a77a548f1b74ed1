CREATE MATERIALIZED VIEW shop.best_seller AS
SELECT product_id, sum(quantity) AS sold
FROM shop.order_line
GROUP BY product_id;
CREATE UNIQUE INDEX best_seller_key ON shop.best_seller (product_id);
