"""Persons in files."""
