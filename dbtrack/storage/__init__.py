"""Files in a directory or in a bucket of S3: listed, read, and fetched with their SHA-256."""
