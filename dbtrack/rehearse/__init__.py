"""Run a branch's migrations on a copy, and say what they did there and what they would do to production."""
