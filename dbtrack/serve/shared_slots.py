"""Numbers that all workers of one server share."""

from __future__ import annotations

import mmap
import struct
from multiprocessing import get_context
from typing import Any


class SharedSlots:
    """Numbered slots of one form, in memory that processes forked from this one share. All begin as zeros.

    Hold `lock` while reading what is then written.
    """

    def __init__(self, form: struct.Struct, count: int) -> None:
        self._form = form
        self._memory = mmap.mmap(-1, count * form.size)
        self.lock = get_context("fork").Lock()

    def read(self, slot: int) -> tuple[Any, ...]:
        """Return the values in a slot."""
        return self._form.unpack_from(self._memory, slot * self._form.size)

    def write(self, slot: int, *values: Any) -> None:
        """Replace the values in a slot."""
        self._form.pack_into(self._memory, slot * self._form.size, *values)
