CREATE TABLE shop.coupon (
    coupon_code     text PRIMARY KEY CHECK (coupon_code = upper(coupon_code)),
    percent_off     smallint NOT NULL CHECK (percent_off BETWEEN 1 AND 90),
    valid           tstzrange NOT NULL,
    redemption_limit integer
);
ALTER TABLE shop.orders ADD COLUMN coupon_code text REFERENCES shop.coupon;
