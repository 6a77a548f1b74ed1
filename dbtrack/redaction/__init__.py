"""Text in, text without secrets out; it needs no database."""
