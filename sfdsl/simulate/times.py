"""Points in time as the Amazon States Language writes them."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

from sfdsl.simulate.values import Json

_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)")


def moment(value: Json, *, lenient: bool = False) -> float | None:
    """Seconds since 1970 of a timestamp; None for anything that is none.

    A timestamp is RFC 3339 with a capital T, and a capital Z where no offset is given. A Wait is `lenient`: it takes
    small letters too. Source: measured by the authors of sfnx.
    """
    if not isinstance(value, str):
        return None
    return _moment(value.upper() if lenient else value)


@lru_cache(maxsize=4096)
def _moment(text: str) -> float | None:
    found = _RFC3339.fullmatch(text)
    if found is None:
        return None
    try:
        offset = "+00:00" if found[4] == "Z" else found[4]
        at = datetime.fromisoformat(f"{found[1]}:{found[2] or '00'}{offset}")
    except ValueError:
        return None
    return at.timestamp() + float(f"0.{found[3] or 0}")
