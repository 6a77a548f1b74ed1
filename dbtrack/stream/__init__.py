"""Publish events to a broker or to standard output."""
