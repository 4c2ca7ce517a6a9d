"""Reading the service models that botocore carries, without importing botocore."""

from __future__ import annotations

import importlib.util
import json
import zlib
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["installed", "model"]


@cache
def _directory() -> Path:
    # find_spec does not run the package; importing botocore would cost 150 ms.
    spec = importlib.util.find_spec("botocore")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("botocore is not installed; sfdsl reads its service models")
    return Path(spec.submodule_search_locations[0]) / "data"


@cache
def installed() -> frozenset[str]:
    """Botocore's names of the services in the installed botocore."""
    return frozenset(entry.name for entry in _directory().iterdir() if entry.is_dir())


@cache
def model(service: str) -> dict[str, Any] | None:
    """The newest model of a service by botocore's name, or None where the installed botocore does not have it."""
    if service not in installed():
        return None
    for version in sorted((_directory() / service).iterdir(), reverse=True):
        packed, plain = version / "service-2.json.gz", version / "service-2.json"
        if packed.exists():
            # The same as gzip.decompress, whose module takes 5 ms to import.
            return _parsed(zlib.decompress(packed.read_bytes(), wbits=zlib.MAX_WBITS | 16))
        if plain.exists():
            return _parsed(plain.read_bytes())
    return None


def _parsed(text: bytes) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(text)
    return content
