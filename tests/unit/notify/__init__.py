"""Tests of webhooks without a database."""
