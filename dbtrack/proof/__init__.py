"""Seals over the record, digests of them, proofs of single executions: how an altered record shows.

What is hashed, byte for byte, is in docs/proof.md. `offline` and what it imports speak to no database.
"""
