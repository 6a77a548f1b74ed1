"""Brokers on this machine: NATS, and three that speak Kafka's protocol."""
