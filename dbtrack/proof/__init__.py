"""Seals over the record, signed digests of them, and proofs of single executions.

docs/proof.md describes byte by byte what is hashed. `check_proof` and its imports need no database.
"""
