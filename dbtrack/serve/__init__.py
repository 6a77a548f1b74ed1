"""Serve the API, the metrics and the live page over HTTP."""
