"""Databases that move to another server, or come back from a backup, and what each move does to the record."""
