"""What is known about the states of a workflow, from the best source there is, and what had to be assumed.

In this order: the profile (written or measured), the author's notes on the step, the definition, and only then an
assumption. Whoever asks is answered, and the answer is remembered for the list of assumptions.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from attrs import evolve, frozen

from sfdsl.cost.profile import Profile, StateProfile
from sfdsl.model.fields import ABSENT, Absent, Json, Number
from sfdsl.model.states import Choice, Map, Task, Wait
from sfdsl.model.workflow import Notes, Workflow, walk

ASSUMED = "assumed"
NOTES = "notes on the step"

_RANGE = re.compile(r"\{%\s*\[\s*(-?\d+)\s*\.\.\s*(-?\d+)\s*\]\s*%\}")
_NO_STATE = StateProfile()
_NO_NOTES = Notes()


@frozen(kw_only=True)
class Assumption:
    """Something that a figure rests on.

    Attributes:
        state: Name of the state; empty for the workflow as a whole.
        what: What is taken to be so, with its unit.
        source: Name of the profile, `notes on the step`, `definition`, or `assumed` where nobody said so.
        hint: What to write to say it better; empty where there is nothing to say.
    """

    state: str = ""
    what: str
    source: str
    hint: str = ""


class Knowledge:
    """Answers about the states of one workflow.

    Args:
        workflow: With the author's notes.
        profile: Its traffic.
    """

    def __init__(self, workflow: Workflow, profile: Profile | None = None) -> None:
        self.workflow = workflow
        self.profile = Profile() if profile is None else profile
        if self.profile.executions_per_month is None:
            self.profile = evolve(self.profile, executions_per_month=workflow.executions_per_month)
        self._log: dict[tuple[str, str], Assumption] = {}

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """What the answers given so far rest on: assumed things first, then by state."""
        # Who asks first depends on the order of sets; what is told must not.
        order = {state.name: i for i, (_, state) in enumerate(walk(self.workflow.machine), start=1)}
        told = [assumption for _, assumption in sorted(self._log.items(), key=lambda entry: entry[0])]
        return tuple(sorted(told, key=lambda a: (a.source != ASSUMED, order.get(a.state, 0))))

    def assume(self, what: str, state: str = "", source: str = ASSUMED, hint: str = "", about: str = "") -> None:
        """Remember an assumption; a second one about the same thing of the same state replaces the first."""
        key = (state, about or what)
        self._log.pop(key, None)
        self._log[key] = Assumption(state=state, what=what, source=source, hint=hint)

    def told(self, state: str) -> StateProfile:
        """What the profile says about a state."""
        return self.profile.states.get(state, _NO_STATE)

    def notes(self, state: str) -> Notes:
        """What the author says about a state."""
        return self.workflow.notes.get(state, _NO_NOTES)

    def durations(self, state: Task | Wait) -> tuple[float, ...] | None:
        """Seconds that one attempt of a Task, or a Wait, takes: equally likely values; None where nobody knows."""
        told, notes = self.told(state.name), self.notes(state.name)
        if told.durations:
            self.assume(f"takes {_seconds(told.durations)}", state.name, told.source, about="duration")
            return told.durations
        if notes.duration is not None:
            self.assume(f"takes {_seconds((notes.duration,))}", state.name, NOTES, about="duration")
            return (notes.duration,)
        if isinstance(state, Wait) and (seconds := literal(state.seconds)) is not None:
            return (seconds,)
        self.assume(
            "duration is not known; counted as 0 s", state.name,
            hint="say duration= on the step, or measure it with `sfdsl profile`", about="duration",
        )  # fmt: skip
        return None

    def items(self, state: Map) -> float | None:
        """How many items a Map has as a rule; None where nobody knows."""
        told, notes = self.told(state.name), self.notes(state.name)
        if told.items is not None:
            self.assume(f"has {told.items:g} items", state.name, told.source, about="items")
            return told.items
        if notes.items is not None:
            self.assume(f"has {notes.items:g} items", state.name, NOTES, about="items")
            return notes.items
        written = _length(state.items)
        if written is not None:
            return written
        self.assume(
            "number of items is not known; counted as 1", state.name,
            hint="say items= on the Map, or measure it with `sfdsl profile`", about="items",
        )  # fmt: skip
        return None

    def failures(self, state: str) -> Mapping[str, float]:
        """Error name -> probability that one attempt of a state fails with it; {} where nothing is said."""
        told = self.told(state)
        if told.failures:
            rates = ", ".join(f"{name or 'some error'} {p:.3g}" for name, p in told.failures.items())
            self.assume(f"an attempt fails with probability {rates}", state, told.source, about="failures")
        return told.failures

    def chances(self, state: Choice) -> list[float]:
        """Probability of each rule of a Choice, then of its default (or of no match), in order."""
        targets = [rule.next for rule in state.choices] + [state.default]
        told = self.told(state.name).next
        said: list[float | None] = []
        sources: set[str] = set()
        for i, target in enumerate(targets):
            p, source = self._chance(target, told, state.name)
            if p is not None and target in targets[:i]:
                p = 0.0  # it is the probability of the state, however many rules lead there
            if source:
                sources.add(source)
            said.append(p)
        if state.default is None and said[-1] is None:
            said[-1] = 0.0
        known = sum(p for p in said if p is not None)
        open_ = [i for i, p in enumerate(said) if p is None]
        if known > 1:
            said = [None if p is None else p / known for p in said]
            known = 1.0
        rest = max(0.0, 1.0 - known)
        rest = 0.0 if rest < 1e-9 else rest  # what is left of 0.7 + 0.2 + 0.1 is no way that anybody takes
        found = [rest / len(open_) if p is None else p for p in said]
        if not open_ and 0 < known < 1:
            found = [p / known for p in found]
        elif not open_ and known == 0:
            found = [1.0 / len(found)] * len(found)
        self._tell(state.name, targets, found, sources, len(open_))
        return found

    def _chance(self, target: str | None, told: Mapping[str, float], choice: str) -> tuple[float | None, str]:
        if target is None:
            return None, ""
        if target in told:
            return told[target], self.told(choice).source
        if told and sum(told.values()) >= 1 - 1e-9:
            return 0.0, ""
        if (p := self.told(target).probability) is not None:
            return p, self.told(target).source
        if (p := self.notes(target).probability) is not None:
            return p, NOTES
        return None, ""

    def _tell(self, state: str, targets: list[str | None], found: list[float], sources: set[str], open_: int) -> None:
        shares: dict[str, float] = {}
        for target, p in zip(targets, found, strict=True):
            if target is not None:
                shares[target] = shares.get(target, 0.0) + p
        told = ", ".join(f"{target!r} {p:.0%}" if p >= 0.01 or p == 0 else f"{target!r} {p:.2g}" for target, p in
                         shares.items())  # fmt: skip
        even = open_ > 1 or (open_ == 1 and not sources)
        if len(shares) > 1 or not even:
            hint = "say probability= in when()" if even else ""
            source = ASSUMED if even else ", ".join(sorted(sources))
            self.assume(f"leads to {told}", state, source, hint, about="ways")

    def payload(self, state: str) -> float | None:
        """Bytes of the data that a state hands on; None where nobody knows."""
        told = self.told(state).payload_bytes
        return self.profile.payload_bytes if told is None else told


def literal(value: Number | None) -> float | None:
    """The number that is written; None where nothing, a placeholder or an expression stands there."""
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return value
    return None


def _length(items: Json | Absent) -> int | None:
    if items is ABSENT:
        return None
    if isinstance(items, list):
        return len(items)
    if isinstance(items, str) and (found := _RANGE.fullmatch(items)):
        return max(0, int(found[2]) - int(found[1]) + 1)
    return None


def _seconds(values: tuple[float, ...]) -> str:
    if len(values) == 1:
        return f"{values[0]:.10g} s"
    return f"{sum(values) / len(values):.4g} s on average of {len(values)} measured"
