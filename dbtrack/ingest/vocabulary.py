"""The words of PostgreSQL's DDL."""

from __future__ import annotations

MODIFIERS = frozenset(
    [
        "OR",
        "REPLACE",
        "GLOBAL",
        "LOCAL",
        "TEMP",
        "TEMPORARY",
        "UNLOGGED",
        "UNIQUE",
        "CONSTRAINT",
        "RECURSIVE",
        "TRUSTED",
        "PROCEDURAL",
        "DEFAULT",
    ]
)
# Objects of two words and more; all others have one.
LONG_OBJECTS = (
    ("TEXT", "SEARCH", "CONFIGURATION"),
    ("TEXT", "SEARCH", "DICTIONARY"),
    ("TEXT", "SEARCH", "PARSER"),
    ("TEXT", "SEARCH", "TEMPLATE"),
    ("FOREIGN", "DATA", "WRAPPER"),
    ("ACCESS", "METHOD"),
    ("EVENT", "TRIGGER"),
    ("FOREIGN", "TABLE"),
    ("LARGE", "OBJECT"),
    ("MATERIALIZED", "VIEW"),
    ("OPERATOR", "CLASS"),
    ("OPERATOR", "FAMILY"),
    ("DEFAULT", "PRIVILEGES"),
    ("USER", "MAPPING"),
)
OBJECTS = frozenset(
    [
        "AGGREGATE",
        "CAST",
        "COLLATION",
        "CONVERSION",
        "DATABASE",
        "DOMAIN",
        "EXTENSION",
        "FUNCTION",
        "GROUP",
        "INDEX",
        "LANGUAGE",
        "OPERATOR",
        "OWNED",
        "POLICY",
        "PROCEDURE",
        "PROPERTY",
        "PUBLICATION",
        "ROLE",
        "ROUTINE",
        "RULE",
        "SCHEMA",
        "SEQUENCE",
        "SERVER",
        "STATISTICS",
        "SUBSCRIPTION",
        "SYSTEM",
        "TABLE",
        "TABLESPACE",
        "TRANSFORM",
        "TRIGGER",
        "TYPE",
        "USER",
        "VIEW",
    ]
)
# What no event trigger is told of: objects that all databases share, and event triggers themselves.
UNSEEN_OBJECTS = frozenset({"ROLE", "USER", "GROUP", "DATABASE", "TABLESPACE", "EVENT TRIGGER"})
UNSEEN_COMMENTS = UNSEEN_OBJECTS | {"PARAMETER"}
UNSEEN_RIGHTS = frozenset({"DATABASE", "TABLESPACE", "PARAMETER"})
