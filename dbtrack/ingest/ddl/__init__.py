"""Reads DDL statements without a parser: which command, which objects, which privileges."""
