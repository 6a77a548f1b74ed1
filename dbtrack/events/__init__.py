"""Read events from the record by a cursor that cannot skip any."""
