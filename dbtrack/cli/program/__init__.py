"""The program: lazy commands, their list, help, and exit codes."""
