"""The traffic of a workflow: how often it runs, how long its states take, which ways they go and how often they fail.

A profile is a `[profile]` table of TOML, written by hand or by `sfdsl profile` from execution histories
(`sfdsl.cost.measured`). What it says comes before the notes on the steps, those before what the definition says.

    [profile]
    executions_per_month = 30000
    [profile.states."Validate"]
    duration = 1.2                      # seconds, "2m", or a list of measured seconds
    failures = { "Lambda.TooManyRequestsException" = 0.01 }
    idempotent = true                   # as on the step; for state machines that others wrote
    asserts = ["unordered"]
    measured = "validate.power.json"    # what Power Tuning or Glue say, for the right size; see sfdsl.cost.sizing
    [profile.states."Rows rejected?"]
    next = { "Load" = 0.9, "Correct" = 0.1 }
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from attrs import evolve, field, frozen

from sfdsl.diagnostics import did_you_mean
from sfdsl.model.workflow import Assertion, Notes, Workflow

__all__ = ["Profile", "ProfileError", "StateProfile", "as_toml", "merged", "noted", "read"]

LOG_LEVELS = ("OFF", "FATAL", "ERROR", "ALL")


class ProfileError(ValueError):
    """A profile has a field that is not known, or a value that does not fit; the message names the field."""


@frozen(kw_only=True)
class StateProfile:
    """What is known about one state.

    Attributes:
        durations: Seconds that one attempt takes, as measured or as told; equally likely, () is unknown.
        items: How many items a Map has as a rule, or None.
        failures: Error name -> probability, 0 to 1, that an attempt fails with it; "" is an error of any name.
        next: For a Choice: target -> probability, 0 to 1, of the way there.
        probability: Of the way from a Choice to this state, 0 to 1, or None.
        payload_bytes: Of the data that the state hands on, or None.
        memory_mb: Of the Lambda function that it calls, or None.
        usage: What a job uses while it runs, by its unit, such as `dpu`, or {}.
        idempotent: Whether running it twice does no harm, or None.
        asserts: What else holds of it.
        measured: File with measurements of sizes, relative to the profile, or None.
        source: Where this was said.
    """

    durations: tuple[float, ...] = ()
    items: float | None = None
    failures: Mapping[str, float] = field(factory=dict, hash=False)
    next: Mapping[str, float] = field(factory=dict, hash=False)
    probability: float | None = None
    payload_bytes: float | None = None
    memory_mb: float | None = None
    usage: Mapping[str, float] = field(factory=dict, hash=False)
    idempotent: bool | None = None
    asserts: frozenset[Assertion] = frozenset()
    measured: str | None = None
    source: str = "profile"


@frozen(kw_only=True)
class Profile:
    """The traffic of one workflow.

    Attributes:
        executions_per_month: None is unknown; dollars are then for one execution only.
        states: By name of the state.
        payload_bytes: Of the data that a state hands on, where nothing is said about the state; None is unknown.
        log_level: Of the workflow's logs: OFF, FATAL, ERROR or ALL.
        log_data: Whether the logs include inputs and outputs.
        gb_hours_before: GB-hours of Express that the account uses in a month beside this workflow.
        transitions_before: Standard transitions that the account uses in a month beside this workflow.
        source: Where it came from, for the list of assumptions.
    """

    executions_per_month: float | None = None
    states: Mapping[str, StateProfile] = field(factory=dict, hash=False)
    payload_bytes: float | None = None
    log_level: str = "ERROR"
    log_data: bool = False
    gb_hours_before: float = 0.0
    transitions_before: float = 0.0
    source: str = "profile"


def read(table: Mapping[str, Any], source: str = "profile") -> Profile:
    """The profile that a `[profile]` table says.

    Args:
        table: As parsed from TOML.
        source: Name of the file, for messages and for the list of assumptions.

    Raises:
        ProfileError: A field is not known, or a value does not fit.
    """
    _known(table, _PROFILE, source, "profile")
    states = table.get("states", {})
    if not isinstance(states, Mapping):
        raise ProfileError(f"{source}: profile.states is a table with one table for each state, not {states!r}")
    level = table.get("log_level", "ERROR")
    if level not in LOG_LEVELS:
        raise ProfileError(f"{source}: log_level is one of {', '.join(LOG_LEVELS)}, not {level!r}")
    return Profile(
        executions_per_month=_number(table, "executions_per_month", source),
        states={name: _state(name, value, source) for name, value in states.items()},
        payload_bytes=_number(table, "payload_bytes", source),
        log_level=level,
        log_data=_boolean(table, "log_data", source) or False,
        gb_hours_before=_number(table, "gb_hours_before", source) or 0.0,
        transitions_before=_number(table, "transitions_before", source) or 0.0,
        source=source,
    )


def merged(first: Profile, second: Profile) -> Profile:
    """Two profiles of one workflow; where both speak, the second is right."""
    states = dict(first.states)
    for name, state in second.states.items():
        states[name] = state if name not in states else _over(states[name], state)
    return evolve(
        second,
        executions_per_month=(
            first.executions_per_month if second.executions_per_month is None else second.executions_per_month
        ),
        payload_bytes=first.payload_bytes if second.payload_bytes is None else second.payload_bytes,
        gb_hours_before=second.gb_hours_before or first.gb_hours_before,
        transitions_before=second.transitions_before or first.transitions_before,
        states=states,
    )


def noted(workflow: Workflow, profile: Profile | None) -> Workflow:
    """A workflow with the assertions of its profile among the notes on its states."""
    notes = dict(workflow.notes)
    for name, state in (profile.states if profile is not None else {}).items():
        old = notes.get(name, Notes())
        idempotent = old.idempotent if state.idempotent is None else state.idempotent
        new = evolve(old, idempotent=idempotent, asserts=old.asserts | state.asserts)
        if new != old:
            notes[name] = new
    return evolve(workflow, notes=notes)


def as_toml(profile: Profile) -> str:
    """A profile as its TOML, which `read` reads back; ends in a newline."""
    lines = ["[profile]"]
    for key in ("executions_per_month", "payload_bytes"):
        value = getattr(profile, key)
        if value is not None:
            lines.append(f"{key} = {_shown(value)}")
    if profile.log_level != "ERROR":
        lines.append(f"log_level = {_quoted(profile.log_level)}")
    if profile.log_data:
        lines.append("log_data = true")
    for key in ("gb_hours_before", "transitions_before"):
        if getattr(profile, key):
            lines.append(f"{key} = {_shown(getattr(profile, key))}")
    for name, state in profile.states.items():
        lines += ["", f"[profile.states.{_quoted(name)}]"]
        if len(state.durations) == 1:
            lines.append(f"duration = {_shown(state.durations[0])}")
        elif state.durations:
            lines.append(f"duration = [{', '.join(map(_shown, state.durations))}]")
        for key in ("items", "probability", "payload_bytes", "memory_mb"):
            value = getattr(state, key)
            if value is not None:
                lines.append(f"{key} = {_shown(value)}")
        if state.idempotent is not None:
            lines.append(f"idempotent = {str(state.idempotent).lower()}")
        if state.asserts:
            lines.append(f"asserts = [{', '.join(sorted(_quoted(each.value) for each in state.asserts))}]")
        if state.measured is not None:
            lines.append(f"measured = {_quoted(state.measured)}")
        for key in ("next", "failures", "usage"):
            entries = getattr(state, key)
            if entries:
                told = ", ".join(f"{_quoted(each)} = {_shown(number)}" for each, number in entries.items())
                lines.append(f"{key} = {{ {told} }}")
    return "\n".join(lines) + "\n"


_PROFILE = (
    "executions_per_month", "states", "payload_bytes", "log_level", "log_data", "gb_hours_before", "transitions_before",
)  # fmt: skip
_STATE = (
    "duration", "items", "failures", "failure_rate", "next", "probability", "payload_bytes", "memory_mb", "usage",
    "idempotent", "asserts", "measured",
)  # fmt: skip
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def _state(name: str, table: Any, source: str) -> StateProfile:
    where = f"{source}, state {name!r}"
    if not isinstance(table, Mapping):
        raise ProfileError(f"{where}: write a table such as {{ duration = 1.2 }}, not {table!r}")
    _known(table, _STATE, source, f"profile.states.{name}")
    failures = _chances(table.get("failures", {}), "failures", where)
    rate = _number(table, "failure_rate", where)
    if rate is not None:
        if failures:
            raise ProfileError(f"{where}: say failure_rate, or failures by name, not both")
        failures = _chances({"": rate}, "failure_rate", where)
    chances = _chances(table.get("next", {}), "next", where)
    usage = table.get("usage", {})
    if not isinstance(usage, Mapping):
        raise ProfileError(f"{where}: usage is a table such as {{ dpu = 10 }}, not {usage!r}")
    probability = _number(table, "probability", where)
    if probability is not None and probability > 1:
        raise ProfileError(f"{where}: probability is 0 to 1, not {probability:g}")
    return StateProfile(
        durations=_durations(table["duration"], where) if "duration" in table else (),
        items=_number(table, "items", where),
        failures=failures,
        next=chances,
        probability=probability,
        payload_bytes=_number(table, "payload_bytes", where),
        memory_mb=_number(table, "memory_mb", where),
        usage={str(key): _number(usage, key, where) or 0.0 for key in usage},
        idempotent=_boolean(table, "idempotent", where),
        asserts=_assertions(table.get("asserts", []), where),
        measured=_text(table, "measured", where),
        source=source,
    )


def _over(first: StateProfile, second: StateProfile) -> StateProfile:
    changes: dict[str, Any] = {}
    for key in ("durations", "failures", "next", "usage", "asserts"):
        if not getattr(second, key):
            changes[key] = getattr(first, key)
    for key in ("items", "probability", "payload_bytes", "memory_mb", "idempotent", "measured"):
        if getattr(second, key) is None:
            changes[key] = getattr(first, key)
    return evolve(second, **changes)


def _known(table: Mapping[str, Any], known: tuple[str, ...], source: str, where: str) -> None:
    for key in table:
        if key not in known:
            hint = did_you_mean(key, known) or f"the fields are {', '.join(known)}"
            raise ProfileError(f"{source}: {where} has no field {key!r}; {hint}")


def _number(table: Mapping[str, Any], key: str, source: str) -> float | None:
    value = table.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise ProfileError(f"{source}: {key} is a number of at least 0, not {value!r}")
    return value


def _boolean(table: Mapping[str, Any], key: str, where: str) -> bool | None:
    value = table.get(key)
    if value is None or isinstance(value, bool):
        return value
    raise ProfileError(f"{where}: {key} is true or false, not {value!r}")


def _text(table: Mapping[str, Any], key: str, where: str) -> str | None:
    value = table.get(key)
    if value is None or isinstance(value, str):
        return value
    raise ProfileError(f"{where}: {key} is a text, not {value!r}")


def _assertions(value: Any, where: str) -> frozenset[Assertion]:
    words = [each.value for each in Assertion]
    if not isinstance(value, list):
        raise ProfileError(f"{where}: asserts is a list of assertions, not {value!r}")
    for word in value:
        if word not in words:
            hint = did_you_mean(str(word), words) or f"the assertions are {', '.join(words)}"
            raise ProfileError(f"{where}: there is no assertion {word!r}; {hint}")
    return frozenset(map(Assertion, value))


def _chances(value: Any, key: str, where: str) -> dict[str, float]:
    if not isinstance(value, Mapping):
        raise ProfileError(f"{where}: {key} is a table of probabilities, not {value!r}")
    found = {str(name): _number(value, name, where) or 0.0 for name in value}
    if any(number > 1 for number in found.values()) or sum(found.values()) > 1 + 1e-9:
        raise ProfileError(f"{where}: the probabilities of {key} are 0 to 1 and add up to 1 at most")
    return found


def _durations(value: Any, where: str) -> tuple[float, ...]:
    values = value if isinstance(value, list) else [value]
    if not values:
        raise ProfileError(f"{where}: duration has no value")
    return tuple(_seconds(each, where) for each in values)


def _seconds(value: Any, where: str) -> float:
    if isinstance(value, str) and re.fullmatch(r"(?:\d+(?:\.\d+)?(?:ms|[smhd]))+", value):
        return sum(float(n) * _UNITS[unit] for n, unit in re.findall(r"(\d+(?:\.\d+)?)(ms|[smhd])", value))
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise ProfileError(f"{where}: duration is seconds, a text such as '90s' or '1h30m', or a list, not {value!r}")
    return float(value)


def _shown(value: float) -> str:
    return f"{value:.10g}" if "e" not in f"{value:.10g}" else repr(float(value))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    escaped = re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04x}", escaped)
    return f'"{escaped}"'
