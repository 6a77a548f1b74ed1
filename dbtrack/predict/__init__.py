"""Predict what a statement locks, rewrites and reads, how long, and who would wait, without running it."""
