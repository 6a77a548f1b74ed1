"""Find a person in the files that dbtrack wrote, which no erasure in a database reaches."""

from __future__ import annotations

from dbtrack.erasure.files import FoundFiles, find_in_files, remove_cached

__all__ = ["FoundFiles", "find_in_files", "remove_cached"]
