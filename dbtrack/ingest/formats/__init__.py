"""Readers for the formats of server logs."""
