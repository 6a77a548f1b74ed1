"""Collect metrics in Prometheus' text format."""
