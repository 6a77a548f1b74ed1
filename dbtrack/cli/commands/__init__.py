"""One module a command; each is imported only when its command runs or shows its help.

Its `COMMANDS` has the definition of each command that it adds, by name.
"""
