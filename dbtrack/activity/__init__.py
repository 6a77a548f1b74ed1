"""`dbtrack top` and `dbtrack status`: what runs now, and whether all is well."""
