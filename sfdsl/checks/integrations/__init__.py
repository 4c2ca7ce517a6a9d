"""Services, operations and their parameters (SF50x to SF54x)."""

from __future__ import annotations

from sfdsl.checks.base import Check

CHECKS: tuple[type[Check], ...] = ()
