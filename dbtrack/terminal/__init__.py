"""What people see on standard error: messages, progress, standard streams, exit signals."""
