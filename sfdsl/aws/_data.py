"""Reading the JSON files that the package carries."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_DIRECTORY = Path(__file__).with_name("data")


@cache
def load(name: str) -> Any:
    """The content of `sfdsl/aws/data/NAME`, read once; do not change it."""
    return json.loads((_DIRECTORY / name).read_bytes())
