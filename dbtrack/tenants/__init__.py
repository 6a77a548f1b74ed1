"""Tenants: who they are, which roles and schemas belong to them, and how a service proves its own."""
