"""Write the record for other programs: files, traces, syslog."""
