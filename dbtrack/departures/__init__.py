"""Digests of the seals that leave the database: to S3, a timestamp authority, a directory or a webhook.

docs/digests.md describes where they go, what is recorded about it, and how they are read back.
"""
