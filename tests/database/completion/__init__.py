"""Tests of completion from the database."""
