"""Benchmarks: interleaved rounds on one server, medians and ratios; the test suite asserts no time."""
