"""``python -m dbtrack`` is the command ``dbtrack``."""

from __future__ import annotations

import sys

from dbtrack.cli.main import main

sys.exit(main())
