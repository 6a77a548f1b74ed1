"""Read commands, objects and privileges from DDL statements, without a full parser."""
