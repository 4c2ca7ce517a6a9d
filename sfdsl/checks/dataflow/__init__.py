"""Paths, expressions, variables and payloads (SF2xx)."""

from __future__ import annotations

from sfdsl.checks.base import Check

CHECKS: tuple[type[Check], ...] = ()
