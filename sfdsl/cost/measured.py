"""A traffic profile measured from execution histories, as GetExecutionHistory returns them.

Events are joined by `previousEventId`: a state's attempts, what they failed with, which state a Choice led to, how many
items a Map had. Sources: Step Functions API Reference, HistoryEvent; recorded executions for the ids of events that end
a Parallel or a Map.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sfdsl.cost.profile import Profile, ProfileError, StateProfile

MOST_DURATIONS = 20
"""More measured durations of a state are summed up as so many equally likely ones, each the mean of its share."""

_PREFIXES = ("Task", "LambdaFunction", "Activity")
_ENDS = ("Succeeded", "Failed", "TimedOut")


def measured(histories: Iterable[Any], executions_per_month: float | None = None, source: str = "measured") -> Profile:
    """What executions did.

    Args:
        histories: Each the answer of GetExecutionHistory (`{"events": [...]}`, all its pages) or its list of events.
        executions_per_month: Which histories do not tell.
        source: Where they came from, for the list of assumptions.

    Raises:
        ProfileError: Something is no history.
    """
    states: dict[str, _Seen] = {}
    count = 0
    for history in histories:
        count += 1
        _History(history, f"history {count}").into(states)
    found = {name: seen.profile(f"{source}, {count} executions") for name, seen in states.items()}
    return Profile(
        executions_per_month=executions_per_month,
        states={name: profile for name, profile in found.items() if profile is not None},
        source=source,
    )


class _Seen:
    """What was seen of one state."""

    def __init__(self) -> None:
        self.durations: list[float] = []
        self.attempts = 0
        self.failures: dict[str, int] = {}
        self.next: dict[str, int] = {}
        self.items: list[int] = []
        self.bytes: list[int] = []

    def profile(self, source: str) -> StateProfile | None:
        total = sum(self.next.values())
        found = StateProfile(
            durations=_summed(self.durations),
            items=sum(self.items) / len(self.items) if self.items else None,
            failures={error: n / self.attempts for error, n in sorted(self.failures.items())},
            next={name: n / total for name, n in self.next.items()},
            payload_bytes=round(sum(self.bytes) / len(self.bytes)) if self.bytes else None,
            source=source,
        )
        return None if found == StateProfile(source=source) else found


class _History:
    """The events of one execution."""

    def __init__(self, history: Any, where: str) -> None:
        events = history.get("events") if isinstance(history, Mapping) else history
        if not isinstance(events, list) or not all(isinstance(e, Mapping) and "type" in e for e in events):
            raise ProfileError(f"{where} is no answer of GetExecutionHistory: it has no list of events")
        self.events: dict[int, Mapping[str, Any]] = {}
        for event in events:
            if not isinstance(event.get("id"), int):
                raise ProfileError(f"{where}: an event has no id")
            self.events[event["id"]] = event
        self.where = where
        self._owners: dict[int, int] = {}

    def into(self, states: dict[str, _Seen]) -> None:
        """Add what happened to what was seen."""
        for number in sorted(self.events):
            event = self.events[number]
            kind = str(event["type"])
            if kind.endswith("StateEntered"):
                self._entered(event, states)
            elif kind.endswith("StateExited"):
                self._exited(event, kind, states)
            elif kind == "MapStateStarted":
                if (name := self._name(self._owner(number))) is not None:
                    length = event.get("mapStateStartedEventDetails", {}).get("length", 0)
                    states.setdefault(name, _Seen()).items.append(length)
            elif any(kind == prefix + end for prefix in _PREFIXES for end in _ENDS):
                self._attempt(event, kind, states)

    def _entered(self, event: Mapping[str, Any], states: dict[str, _Seen]) -> None:
        before = self.events.get(event.get("previousEventId", 0))
        if before is not None and before["type"] == "ChoiceStateExited":
            source, target = _details(before, "stateExited").get("name"), _details(event, "stateEntered").get("name")
            if source is not None and target is not None:
                ways = states.setdefault(source, _Seen()).next
                ways[target] = ways.get(target, 0) + 1

    def _exited(self, event: Mapping[str, Any], kind: str, states: dict[str, _Seen]) -> None:
        details = _details(event, "stateExited")
        name, output = details.get("name"), details.get("output")
        if name is None:
            return
        seen = states.setdefault(name, _Seen())
        if isinstance(output, str):
            seen.bytes.append(len(output.encode()))
        if kind == "WaitStateExited":
            owner = self._owner(event["id"])
            if owner is not None and self._name(owner) == name:
                seen.durations.append(self._time(event) - self._time(self.events[owner]))

    def _attempt(self, event: Mapping[str, Any], kind: str, states: dict[str, _Seen]) -> None:
        name = self._name(self._owner(event["id"]))
        if name is None:
            return
        seen = states.setdefault(name, _Seen())
        seen.attempts += 1
        prefix = next(prefix for prefix in _PREFIXES if kind.startswith(prefix))
        scheduled = self._back(event, prefix + "Scheduled")
        if scheduled is not None:
            seen.durations.append(self._time(event) - self._time(scheduled))
        if not kind.endswith("Succeeded"):
            details = event.get(f"{kind[0].lower()}{kind[1:]}EventDetails", {})
            error = details.get("error") or ("States.Timeout" if kind.endswith("TimedOut") else "")
            seen.failures[error] = seen.failures.get(error, 0) + 1

    def _back(self, event: Mapping[str, Any], kind: str) -> Mapping[str, Any] | None:
        found: Mapping[str, Any] | None = event
        while found is not None and found["type"] != kind:
            if str(found["type"]).endswith("StateEntered"):
                return None
            found = self.events.get(found.get("previousEventId", 0))
        return found

    def _owner(self, number: int) -> int | None:
        """The id of the nearest `...StateEntered` that led to an event; the event itself if it is one."""
        walked = []
        found: int | None = number
        while found is not None and found not in self._owners:
            event = self.events.get(found)
            if event is None:
                return None
            if str(event["type"]).endswith("StateEntered"):
                self._owners[found] = found
                break
            walked.append(found)
            found = event.get("previousEventId")
        owner = None if found is None else self._owners.get(found)
        if owner is not None:
            self._owners.update(dict.fromkeys(walked, owner))
        return owner

    def _name(self, owner: int | None) -> str | None:
        return None if owner is None else _details(self.events[owner], "stateEntered").get("name")

    def _time(self, event: Mapping[str, Any]) -> float:
        stamp = event.get("timestamp")
        if isinstance(stamp, int | float):
            return float(stamp)
        if isinstance(stamp, datetime):
            return stamp.timestamp()
        try:
            return datetime.fromisoformat(str(stamp).replace("Z", "+00:00")).timestamp()
        except ValueError:
            raise ProfileError(f"{self.where}: event {event['id']} has no time but {stamp!r}") from None


def _details(event: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    found = event.get(f"{kind}EventDetails")
    return found if isinstance(found, Mapping) else {}


def _summed(values: list[float]) -> tuple[float, ...]:
    ordered = sorted(max(0.0, round(value, 3)) for value in values)
    if len(ordered) <= MOST_DURATIONS:
        return tuple(ordered) if len(set(ordered)) > 1 else tuple(ordered[:1])
    found = []
    for i in range(MOST_DURATIONS):
        low, high = i * len(ordered) // MOST_DURATIONS, (i + 1) * len(ordered) // MOST_DURATIONS
        found.append(round(sum(ordered[low:high]) / (high - low), 3))
    return tuple(found) if len(set(found)) > 1 else tuple(found[:1])
