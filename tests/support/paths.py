"""Where the tests find the files of the checkout."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
GOLDEN = TESTS / "golden"
CORPUS = TESTS / "corpus"
SAMPLES = TESTS / "samples"
DOCS = ROOT / "docs"
