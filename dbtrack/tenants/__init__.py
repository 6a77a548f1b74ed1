"""Tenants, the roles and schemas that belong to them, and proofs of a service's tenant."""
