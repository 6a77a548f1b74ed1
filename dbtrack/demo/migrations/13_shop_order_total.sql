ALTER TABLE shop.orders ADD COLUMN total_cents bigint NOT NULL DEFAULT 0;

CREATE FUNCTION shop.refresh_order_total() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    v_order_id bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.order_id ELSE NEW.order_id END;
BEGIN
    UPDATE shop.orders
    SET total_cents = (SELECT coalesce(sum(quantity * unit_cents), 0)
                       FROM shop.order_line WHERE order_line.order_id = v_order_id)
    WHERE orders.order_id = v_order_id;
    RETURN NULL;
END;
$$;

CREATE TRIGGER order_line_total
    AFTER INSERT OR UPDATE OR DELETE ON shop.order_line
    FOR EACH ROW EXECUTE FUNCTION shop.refresh_order_total();
