"""What people see of a command: messages, progress, standard streams, and how signals end it."""
