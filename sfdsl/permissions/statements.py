"""What a role is allowed, and why: the values that derivation gives and emitters, checks and pages are given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from attrs import field, frozen

from sfdsl.origin import NOWHERE, Origin

__all__ = ["Companion", "Condition", "Doubt", "Grant", "Permissions", "Reason", "Remark", "Resource", "Statement"]


@frozen(kw_only=True)
class Condition:
    """One condition of a statement: it holds where the key has one of the values."""

    operator: str
    key: str
    values: tuple[str, ...]


@frozen(kw_only=True)
class Reason:
    """Who needs a statement.

    Attributes:
        state: Name of the state; empty where the machine as a whole needs it (logging, tracing).
        call: What the state does, such as `glue:startJobRun.sync` or `ItemReader s3:getObject`.
        argument: The argument that names the resource, such as `Arguments.JobName`; empty where none does.
        why: What the permission is for, as a phrase.
        origin: Where the author declared it.
    """

    state: str
    call: str
    argument: str = ""
    why: str = ""
    origin: Origin = field(default=NOWHERE, eq=False, repr=False)


@frozen(kw_only=True)
class Resource:
    """One entry of a statement's `Resource`.

    Attributes:
        text: ARN pattern, pseudo parameters and placeholders left as `${...}`.
        shape: The pattern of the whole type, to which `Notes.resources` must belong where it narrows this entry.
        open: Whether anything in it is a wildcard because the definition does not say which.
        excluded: Whether it is what the statement is not about, in `NotResource`.
        purpose: What tells it from others of its type, where that matters.
    """

    text: str
    shape: str = field(default="", eq=False)
    open: bool = field(default=False, eq=False)
    excluded: bool = False
    purpose: str = field(default="", eq=False)


@frozen(kw_only=True)
class Grant:
    """Actions that one state needs on some resources, before statements are merged."""

    actions: tuple[str, ...]
    resources: tuple[Resource, ...]
    conditions: tuple[Condition, ...] = ()
    reason: Reason


class Doubt(Enum):
    """What someone who reads the policy should know about it; the value says it as the start of a sentence."""

    RUN_TIME = "the resource is known only at run time"
    PARTLY_KNOWN = "a part of the resource is known only at run time"
    UNNAMED = "no argument of the call names the resource"
    NO_TYPES = "the action has no resource types"
    UNVERIFIED = "nobody has confirmed the name of the action"
    ROLE_UNKNOWN = "the role that is passed is not in the definition"
    TO_SUPPLY = "the definition does not say which resource it is"
    UNDERIVABLE = "nothing says which service is called"
    READ_AS_FUNCTION = "the placeholder is read as the ARN of a Lambda function"
    NARROWS_NOTHING = "an ARN in `resources` belongs to nothing that the state does"
    MALFORMED = "an entry of `resources` is no ARN"


@frozen(kw_only=True)
class Remark:
    """A doubt about the permissions of one state.

    Attributes:
        subject: What it is about: an action, a resource, an ARN.
        argument: The argument that would have to say more; empty where none would.
        key: ASL key of the field that the argument stands in.
        shape: The pattern of the resource's type; what narrows that settles the doubt.
    """

    doubt: Doubt
    state: str
    subject: str
    argument: str = ""
    key: str = ""
    shape: str = field(default="", eq=False)
    origin: Origin = field(default=NOWHERE, eq=False, repr=False)


@frozen(kw_only=True)
class Companion:
    """A placeholder of the policy that the definition does not have, to be supplied where it is deployed.

    Attributes:
        name: Without `${` and `}`.
        meaning: What to put in its place, as a phrase.
        of: The placeholder of the definition that it accompanies, without `${` and `}`; empty where there is none.
        states: Who needs it.
    """

    name: str
    meaning: str
    of: str = ""
    states: tuple[str, ...] = ()


@frozen(kw_only=True)
class Statement:
    """One statement of the policy; its effect is Allow.

    Attributes:
        sid: Letters and digits, unique in the policy.
        actions: Sorted.
        resources: Sorted; `*` alone where the actions have no resource types.
        conditions: Sorted by operator and key.
        excluded: Whether the resources are those that the statement is not about, in `NotResource`.
        reasons: In the order of the states that need it.
    """

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    excluded: bool = False
    reasons: tuple[Reason, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The statement as a policy has it."""
        made: dict[str, Any] = {"Sid": self.sid, "Effect": "Allow", "Action": _one_or_more(self.actions)}
        made["NotResource" if self.excluded else "Resource"] = _one_or_more(self.resources)
        if self.conditions:
            operators: dict[str, dict[str, Any]] = {}
            for condition in self.conditions:
                operators.setdefault(condition.operator, {})[condition.key] = _one_or_more(condition.values)
            made["Condition"] = operators
        return made


def _one_or_more(values: tuple[str, ...]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)


@frozen(kw_only=True)
class Permissions:
    """Everything that the execution role of a workflow needs.

    Attributes:
        statements: In the order in which the flow first needs them.
        remarks: What should be known about them, in the order of the states.
        companions: Placeholders to supply, by name.
    """

    statements: tuple[Statement, ...] = ()
    remarks: tuple[Remark, ...] = ()
    companions: tuple[Companion, ...] = ()

    def of(self, state: str) -> Iterator[Statement]:
        """The statements that a state needs."""
        return (s for s in self.statements if any(reason.state == state for reason in s.reasons))

    def actions(self) -> frozenset[str]:
        """Every action that is allowed."""
        return frozenset(action for statement in self.statements for action in statement.actions)


def conditions_of(value: Mapping[str, Mapping[str, Any]]) -> tuple[Condition, ...]:
    """The conditions of a policy's statement, sorted by operator and key."""
    found = [
        Condition(operator=operator, key=key, values=(values,) if isinstance(values, str) else tuple(values))
        for operator, keys in value.items()
        for key, values in keys.items()
    ]
    return tuple(sorted(found, key=lambda c: (c.operator, c.key)))
