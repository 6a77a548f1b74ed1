"""A lake: the history of many databases as Parquet, for several engines (docs/long-history.md)."""
