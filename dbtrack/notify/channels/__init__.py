"""The ways to a receiver: HTTP, mail, a program, apprise."""
