ALTER TABLE shop.customer RENAME COLUMN display_name TO full_name;
ALTER TABLE shop.customer ALTER COLUMN full_name TYPE varchar(200);
