"""Push the record of a database to a vault, and administer the sources of a vault."""
