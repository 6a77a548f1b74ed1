"""The program as a whole: the list of commands, imported when used, their help and the exit codes."""
