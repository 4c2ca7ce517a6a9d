"""What the states of a machine need, gathered one call at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import evolve, frozen

from sfdsl.aws.iam import Need
from sfdsl.aws.resource import Pattern
from sfdsl.model.states import State
from sfdsl.origin import Origin
from sfdsl.permissions import arns
from sfdsl.permissions.arns import Filled, companion, expand, fill
from sfdsl.permissions.statements import Companion, Condition, Doubt, Grant, Reason, Remark, Resource, conditions_of
from sfdsl.permissions.values import GAP, Arguments, Value

__all__ = ["Call", "Collector"]


@frozen(kw_only=True)
class Call:
    """One call of a service by a state.

    Attributes:
        service: ASL's word for it, in the optimized or in the aws-sdk form.
        name: As people know it, for example `glue:startJobRun.sync` or `aws-sdk:s3:getObject`.
        origin: Of the state, or of the reader or writer.
    """

    state: State
    service: str
    api: str
    sdk: bool
    pattern: Pattern
    arguments: Arguments
    name: str
    origin: Origin

    @property
    def job(self) -> bool:
        """Whether the state waits for a job."""
        return self.pattern in (Pattern.SYNC, Pattern.SYNC_2)


class Collector:
    """Grants, remarks and companions of one call.

    Args:
        call: The call.
    """

    def __init__(self, call: Call) -> None:
        self.call = call
        self.arguments = call.arguments
        self.grants: list[Grant] = []
        self.remarks: list[Remark] = []
        self.companions: list[Companion] = []

    # What is known of an argument

    def get(self, path: str) -> Value | None:
        """What is known of an argument; None where it is not given."""
        return self.arguments.get(path)

    def given(self, path: str) -> bool:
        """Whether an argument is given or may be."""
        return self.arguments.given(path)

    def sources(self) -> frozenset[str]:
        """Names of the states whose results the ids and ARNs among the arguments are."""
        return self.arguments.sources()

    # What is needed

    def allow(
        self,
        actions: str | Iterable[str],
        resources: Iterable[Resource] | None,
        *,
        argument: str = "",
        why: str = "",
        conditions: Mapping[str, Mapping[str, Any]] | tuple[Condition, ...] = (),
    ) -> None:
        """Grant actions on resources; None stands for actions without resource types."""
        names = (actions,) if isinstance(actions, str) else tuple(actions)
        if resources is None:
            found: tuple[Resource, ...] = (Resource(text="*"),)
            for name in names:
                self.remark(Doubt.NO_TYPES, name)
        else:
            found = tuple(dict.fromkeys(resources))
            if not found:
                return
        reason = Reason(
            state=self.call.state.name, call=self.call.name, argument=argument, why=why, origin=self.call.origin
        )
        given = conditions if isinstance(conditions, tuple) else conditions_of(conditions)
        self.grants.append(Grant(actions=names, resources=found, conditions=given, reason=reason))

    def remark(self, doubt: Doubt, subject: str, *, argument: str = "", shape: str = "") -> None:
        """Note a doubt about what this call needs."""
        self.remarks.append(
            Remark(
                doubt=doubt,
                state=self.call.state.name,
                subject=subject,
                argument=argument,
                key=argument.split(".")[0],
                shape=shape,
                origin=self.call.origin,
            )
        )

    def unknown(self, action: str, resource: Resource, argument: str) -> None:
        """Note that an argument does not say, or not in full, which resource it is."""
        shape = resource.shape or resource.text
        doubt = Doubt.RUN_TIME if _fixed(resource.text) == _fixed(shape) else Doubt.PARTLY_KNOWN
        self.remark(doubt, f"{action} on {resource.text}", argument=argument, shape=shape)

    def supply(self, name: str, meaning: str, *, of: str = "") -> str:
        """A placeholder that the policy needs beyond those of the definition, as `${name}`."""
        self.companions.append(Companion(name=name, meaning=meaning, of=of, states=(self.call.state.name,)))
        return f"${{{name}}}"

    def beside(self, placeholder: str, attribute: str, meaning: str) -> str:
        """The placeholder that says something else about what a placeholder of the definition stands for."""
        return self.supply(companion(placeholder, attribute), f"{meaning} {placeholder}", of=placeholder[2:-1])

    def own(self, ending: str, meaning: str) -> str:
        """A placeholder named after the state, for what its definition does not say."""
        words = re.findall(r"[A-Za-z0-9]+", self.call.state.name)
        stem = "".join(word[:1].upper() + word[1:] for word in words) or "State"
        return self.supply(stem + ending, meaning)

    # Needs from the data

    def need(self, need: Need, why: str = "") -> None:
        """Grant what the data says that the call needs."""
        if need.when is not None and not self.given(need.when):
            return
        conditions = self._conditions(need.conditions)
        if need.actions == ("iam:PassRole",):
            self.pass_roles(need.resources, conditions)
            return
        if not (need.resources or need.optional or need.otherwise):
            self.allow(need.actions, None, why=why, conditions=conditions)
            return
        filled = [entry for template in need.resources for entry in self._either(template)]
        for template in need.optional:
            filled += [entry for entry in self._either(template) if not entry.absent]
        if not filled:
            filled = [entry for template in need.otherwise for entry in fill(template, self.arguments)]
        self.allow_filled(need.actions, filled, why=why, conditions=conditions)

    def _either(self, template: str) -> list[Filled]:
        """A template filled, or of several that stand for the same resource those whose argument is given."""
        options = [fill(option, self.arguments) for option in template.split("||")]
        given = [entry for option in options for entry in option if not entry.absent]
        return given or options[0]

    def allow_filled(
        self,
        actions: str | Iterable[str],
        filled: Sequence[Filled],
        *,
        why: str = "",
        conditions: Mapping[str, Mapping[str, Any]] | tuple[Condition, ...] = (),
    ) -> None:
        """Grant actions on filled templates, with a remark on each that says too little."""
        names = (actions,) if isinstance(actions, str) else tuple(actions)
        for entry in filled:
            text = entry.resource.text
            if entry.dynamic:
                self.unknown(names[0], entry.resource, entry.dynamic[0])
            elif names == ("iam:CreateServiceLinkedRole",):
                continue  # the role has no other name than the service gives it
            elif "*" in text.replace("${*}", "") and (entry.absent or not entry.arguments):
                # Below a resource that the call names lies what it creates; that is as narrow as it can be.
                self.remark(Doubt.UNNAMED, f"{names[0]} on {text}", shape=entry.resource.shape)
        arguments = [path for entry in filled for path in entry.arguments]
        self.allow(
            names,
            [resource for entry in filled for resource in _spellings(names[0], entry.resource)],
            argument=", ".join(dict.fromkeys(arguments)),
            why=why,
            conditions=conditions,
        )

    def templates(self, actions: str | Iterable[str], *templates: str, why: str = "", **more: Any) -> None:
        """Grant actions on templates of the same form as in the data."""
        filled = [entry for template in templates for entry in fill(template, self.arguments)]
        self.allow_filled(actions, filled, why=why, **more)

    def pass_roles(
        self, templates: Iterable[str], conditions: Mapping[str, Mapping[str, Any]] | tuple[Condition, ...]
    ) -> None:
        """Grant `iam:PassRole` on the roles that the call gives to a service."""
        for template in templates:
            for entry in fill(template, self.arguments):
                if entry.absent:
                    continue
                if entry.dynamic and entry.resource.text.endswith(":role/*"):
                    self.unknown_role(entry.dynamic[0], conditions)
                    continue
                if entry.dynamic:
                    self.unknown("iam:PassRole", entry.resource, entry.dynamic[0])
                self.allow(
                    "iam:PassRole",
                    [entry.resource],
                    argument=", ".join(entry.arguments),
                    why="give the service the role that it acts with",
                    conditions=conditions,
                )

    def unknown_role(
        self,
        argument: str,
        conditions: Mapping[str, Mapping[str, Any]] | tuple[Condition, ...],
        *,
        name: str = "",
        meaning: str = "",
    ) -> None:
        """Grant `iam:PassRole` on a role that the definition does not name: one to supply, never any role."""
        roles = expand("~iam:role/*")
        last = argument.rpartition(".")[2].removesuffix("[]")
        ending = last if last.lower().endswith("arn") else f"{last}Arn"
        if name:
            text = self.supply(name, meaning)
        else:
            text = self.own(ending, f"ARN of the role that {self.call.name} is given as {last}")
        self.remark(Doubt.ROLE_UNKNOWN, text, argument=argument, shape=roles)
        self.allow(
            "iam:PassRole",
            [Resource(text=text, shape=roles, open=True)],
            argument=argument,
            why="give the service the role that it acts with",
            conditions=conditions,
        )

    def _conditions(self, conditions: Mapping[str, Any]) -> tuple[Condition, ...]:
        made = []
        for condition in conditions_of(conditions):
            values: list[str] = []
            for value in condition.values:
                filled = fill(value, self.arguments) if "{" in value.replace("${", "") else None
                if filled is None:
                    values.append(value)
                elif any(entry.dynamic or entry.absent for entry in filled):
                    values = []
                    break
                else:
                    values += [entry.resource.text for entry in filled]
            if values:
                made.append(evolve(condition, values=tuple(dict.fromkeys(values))))
        return tuple(made)


def _spellings(action: str, resource: Resource) -> tuple[Resource, ...]:
    """A resource as it is written, and for SageMaker, whose ARNs have small letters only, in small letters too."""
    # Source: assumed; ARNs that SageMaker returns are in small letters whatever the case of the name.
    head, separator, name = resource.text.rpartition("/")
    small = re.sub(r"\$\{[^{}]*\}|[A-Z]+", lambda found: found[0] if found[0][0] == "$" else found[0].lower(), name)
    if not action.startswith("sagemaker:") or small == name:
        return (resource,)
    return (resource, evolve(resource, text=head + separator + small))


def _fixed(text: str) -> str:
    """The beginning of a pattern that holds no wildcard."""
    return re.sub(r"[*:/]+$", "", text)


def known(value: Value | None) -> tuple[str, ...]:
    """The texts of a value that are known in full; () where any of them is not."""
    return value.texts if value is not None and not value.dynamic else ()


__all__ += ["GAP", "arns", "known"]
