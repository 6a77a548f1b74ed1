"""What several tests share: servers, clients, logs, and how the program is run."""
