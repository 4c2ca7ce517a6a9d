"""What one policy allows that another does not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from attrs import frozen

from sfdsl.permissions.arns import covers
from sfdsl.permissions.statements import Condition, conditions_of

__all__ = ["Access", "Change", "Difference", "access", "difference"]


@frozen(kw_only=True)
class Access:
    """One action on one resource.

    Attributes:
        action: With its prefix; may hold wildcards in a policy that someone else wrote.
        resource: ARN pattern.
        conditions: Under which it is allowed.
        excluded: Whether it is everything but the resource.
    """

    action: str
    resource: str
    conditions: tuple[Condition, ...] = ()
    excluded: bool = False

    def includes(self, other: Access) -> bool:
        """Whether everything that another access allows is allowed by this one, as far as texts can tell."""
        if not _action_includes(self.action, other.action):
            return False
        for condition in self.conditions:
            same = next(
                (c for c in other.conditions if (c.operator, c.key) == (condition.operator, condition.key)), None
            )
            if same is None or not _values_include(condition, same):
                return False
        if self.excluded or other.excluded:
            if self.excluded and other.excluded:
                return covers(other.resource, self.resource, exact=True)
            if other.excluded:
                return self.resource == "*"
            return not covers(self.resource, other.resource) and not covers(other.resource, self.resource)
        return covers(self.resource, other.resource, exact=True)


def _values_include(outer: Condition, inner: Condition) -> bool:
    if "Like" in outer.operator:
        return all(any(covers(wide, narrow, exact=True) for wide in outer.values) for narrow in inner.values)
    return set(inner.values) <= set(outer.values)


@lru_cache(maxsize=4096)
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern.lower()).replace(r"\*", ".*").replace(r"\?", "."))


def _action_includes(outer: str, inner: str) -> bool:
    return outer == inner or _expression(outer).fullmatch(inner.lower()) is not None


@frozen(kw_only=True)
class Change:
    """Access that became wider or narrower."""

    before: Access
    after: Access


@frozen(kw_only=True)
class Difference:
    """What changed from one policy to another, each in the order of the policy it stands in.

    Attributes:
        new: Allowed now, and no part of it before.
        wider: Allowed before, and now more.
        narrower: Allowed before, and now less.
        gone: Allowed before, and no part of it now.
    """

    new: tuple[Access, ...] = ()
    wider: tuple[Change, ...] = ()
    narrower: tuple[Change, ...] = ()
    gone: tuple[Access, ...] = ()

    @property
    def adds(self) -> bool:
        """Whether anything is allowed that was not."""
        return bool(self.new or self.wider)

    def __bool__(self) -> bool:
        return bool(self.new or self.wider or self.narrower or self.gone)


def access(document: dict[str, Any]) -> tuple[Access, ...]:
    """What a policy document allows, action by action and resource by resource.

    Args:
        document: The policy as JSON. Statements that deny are left out, and so is `NotAction`, which names no action.
    """
    statements = document.get("Statement", [])
    found = []
    for statement in statements if isinstance(statements, list) else [statements]:
        if statement.get("Effect") != "Allow":
            continue
        conditions = conditions_of(statement.get("Condition", {}))
        excluded = "NotResource" in statement
        for action in _texts(statement.get("Action", [])):
            for resource in _texts(statement["NotResource"] if excluded else statement.get("Resource", [])):
                found.append(Access(action=action, resource=resource, conditions=conditions, excluded=excluded))
    return tuple(dict.fromkeys(found))


def _texts(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def difference(old: Iterable[Access], new: Iterable[Access]) -> Difference:
    """What is allowed now and was not, and the other way round."""
    before, after = list(old), list(new)
    left = [each for each in before if each not in set(after)]
    came = [each for each in after if each not in set(before)]
    added, wider, narrower = [], [], []
    for each in came:
        held = next((other for other in before if other.includes(each)), None)
        if held is not None:
            if held in left:
                narrower.append(Change(before=held, after=each))
            continue
        part = [other for other in left if each.includes(other)]
        if part:
            wider += [Change(before=other, after=each) for other in part]
        else:
            added.append(each)
    gone = [
        each
        for each in left
        if not any(other.includes(each) for other in after) and not any(each.includes(other) for other in came)
    ]
    return Difference(new=tuple(added), wider=tuple(wider), narrower=tuple(narrower), gone=tuple(gone))
