"""Remove secrets from texts; it needs no database."""
