"""Tests of webhooks with a database and real receivers."""
