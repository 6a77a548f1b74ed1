"""Record operations that services published to a bus: `dbtrack outbox receive`."""
