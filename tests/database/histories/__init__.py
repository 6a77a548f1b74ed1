"""Tests of the import of migration tools' histories."""
