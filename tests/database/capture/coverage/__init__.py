"""What the table of docs/coverage.md says, and how each of its cells is measured."""
