"""Retry, Catch and timeouts (SF3xx)."""

from __future__ import annotations

from sfdsl.checks.base import Check

CHECKS: tuple[type[Check], ...] = ()
