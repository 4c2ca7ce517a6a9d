"""Quotas, Express and cost (SF4xx)."""

from __future__ import annotations

from sfdsl.checks.base import Check

CHECKS: tuple[type[Check], ...] = ()
