"""What a role may do (SF55x to SF59x)."""

from __future__ import annotations

from sfdsl.checks.base import Check

CHECKS: tuple[type[Check], ...] = ()
