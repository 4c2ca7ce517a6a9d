"""What several test files share: where the shared data lies, and how to skip where it is missing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


# A busy machine is no fault of the code: examples have no deadline. CI tries the same examples every time, so that
# a change is judged by what it changes; everywhere else new ones are tried.
settings.register_profile("sfdsl", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("sfdsl")


def shared(relative: str) -> Path:
    """The path of shared data, or a skip that says what is missing; in CI its absence is a failure."""
    path = SHARED / relative
    if not path.exists():
        if os.environ.get("CI"):
            pytest.fail(f"../shared/{relative} is missing, and CI must have it")
        pytest.skip(f"../shared/{relative} is not beside this checkout; CI runs this test")
    return path
