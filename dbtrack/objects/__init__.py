"""The history of objects: find one by name, compare it at two times, write it in words and as SQL."""

from __future__ import annotations
