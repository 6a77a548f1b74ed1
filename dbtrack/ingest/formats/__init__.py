"""The formats of server logs."""
