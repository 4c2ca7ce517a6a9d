"""What several test files share: where the shared data lies, and how to skip where it is missing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def shared(relative: str) -> Path:
    """The path of shared data, or a skip that says what is missing; in CI its absence is a failure."""
    path = SHARED / relative
    if not path.exists():
        if os.environ.get("CI"):
            pytest.fail(f"../shared/{relative} is missing, and CI must have it")
        pytest.skip(f"../shared/{relative} is not beside this checkout; CI runs this test")
    return path
