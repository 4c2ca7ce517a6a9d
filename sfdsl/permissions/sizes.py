"""How long a policy may be, and what to do with one that is longer."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from attrs import evolve, frozen

from sfdsl.permissions.merge import compact
from sfdsl.permissions.statements import Statement

__all__ = ["INLINE_CHARACTERS", "MANAGED_CHARACTERS", "MANAGED_POLICIES", "Packed", "characters", "pack"]

# Source: IAM User Guide, "IAM and STS quotas": white space does not count.
INLINE_CHARACTERS: Final = 10_240
"""All inline policies of a role together."""
MANAGED_CHARACTERS: Final = 6_144
"""One managed policy."""
MANAGED_POLICIES: Final = 10
"""Managed policies of a role, unless the quota is raised (at most 20)."""

_LONGEST_VALUES: Final = {"AWS::Partition": "aws-us-gov", "AWS::Region": "ap-southeast-2", "AWS::AccountId": "1" * 12}
_ARN: Final = 100  # characters of an ARN behind a placeholder: an estimate


@frozen(kw_only=True)
class Packed:
    """A policy as it fits the quotas.

    Attributes:
        inline: The statements of the role's inline policy; none where managed policies are needed.
        managed: The statements of each managed policy.
        compacted: Whether statements were merged beyond those of one resource.
        fits: Whether all of it fits.
    """

    inline: tuple[Statement, ...] = ()
    managed: tuple[tuple[Statement, ...], ...] = ()
    compacted: bool = False
    fits: bool = True


def characters(statements: Sequence[Statement]) -> int:
    """How long a policy of these statements is once placeholders have values, white space left out."""
    value = {"Version": "2012-10-17", "Statement": [statement.as_json() for statement in statements]}
    return _length(value)


def _length(value: Any) -> int:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    text = re.sub(
        r"\$\{([^{}*?$]+)\}",
        lambda found: _LONGEST_VALUES.get(found[1], "x" * (_ARN if found[1].lower().endswith("arn") else 32)),
        text,
    )
    return len(re.sub(r"\s", "", text))


def pack(statements: Sequence[Statement]) -> Packed:
    """Fit a policy into the quotas: as it is, then compact, then without Sids, then as managed policies."""
    as_it_is = tuple(statements)
    if characters(as_it_is) <= INLINE_CHARACTERS:
        return Packed(inline=as_it_is)
    merged = compact(as_it_is)
    if characters(merged) <= INLINE_CHARACTERS:
        return Packed(inline=merged, compacted=True)
    managed: list[list[Statement]] = []
    room: list[int] = []
    around = characters(())
    fits = True
    for part in _split(merged):
        size = characters([part]) - around + 1  # with the comma before it
        fits = fits and size + around <= MANAGED_CHARACTERS
        # First fit keeps the order of the flow as far as the sizes allow.
        place = next((i for i, left in enumerate(room) if size <= left), None)
        if place is None:
            managed.append([part])
            room.append(MANAGED_CHARACTERS - around - size)
        else:
            managed[place].append(part)
            room[place] -= size
    return Packed(
        managed=tuple(tuple(held) for held in managed),
        compacted=True,
        fits=fits and len(managed) <= MANAGED_POLICIES,
    )


def _split(statements: Sequence[Statement]) -> list[Statement]:
    """The statements, those too long for one managed policy cut into several of fewer resources."""
    made: list[Statement] = []
    for statement in statements:
        pending = [statement]
        while pending:
            part = pending.pop(0)
            if characters([part]) <= MANAGED_CHARACTERS or len(part.resources) < 2 or part.excluded:
                made.append(part)
                continue
            half = len(part.resources) // 2
            pending[:0] = [
                evolve(part, resources=part.resources[:half]),
                evolve(part, resources=part.resources[half:]),
            ]
    counts: dict[str, int] = {}
    unique = []
    for part in made:
        counts[part.sid] = counts.get(part.sid, 0) + 1
        number = counts[part.sid]
        unique.append(part if number == 1 else evolve(part, sid=f"{part.sid}Part{number}"))
    return unique
