"""Profiles: what TOML says, what histories show, and both back again."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from sfdsl.cost.estimate import estimate
from sfdsl.cost.measured import MOST_DURATIONS, measured
from sfdsl.cost.profile import Profile, ProfileError, StateProfile, as_toml, merged, read
from sfdsl.testing import Result, TaskError, simulate
from tests.conftest import shared
from tests.cost.machines import chain, choice, task, workflow

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TOML = """
[profile]
executions_per_month = 30000
[profile.states."Validate"]
duration = "1m30s"
failures = { "Lambda.TooManyRequestsException" = 0.01 }
memory_mb = 512
[profile.states."Rejected?"]
next = { "Load" = 0.9, "Correct \\"it\\"" = 0.1 }
[profile.states."Each"]
duration = [1.5, 2.0, 2.5]
items = 100
"""


def test_a_profile_says_what_its_toml_says() -> None:
    found = read(tomllib.loads(TOML)["profile"], "traffic.toml")
    assert found == Profile(
        executions_per_month=30000,
        source="traffic.toml",
        states={
            "Validate": StateProfile(
                durations=(90.0,),
                failures={"Lambda.TooManyRequestsException": 0.01},
                memory_mb=512,
                source="traffic.toml",
            ),
            "Rejected?": StateProfile(next={"Load": 0.9, 'Correct "it"': 0.1}, source="traffic.toml"),
            "Each": StateProfile(durations=(1.5, 2.0, 2.5), items=100, source="traffic.toml"),
        },
    )


def test_a_profile_reads_back_what_it_writes() -> None:
    found = read(tomllib.loads(TOML)["profile"], "traffic.toml")
    assert read(tomllib.loads(as_toml(found))["profile"], "traffic.toml") == found


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"executions": 3}, "did you mean 'executions_per_month'?"),
        ({"states": {"A": {"durations": 3}}}, "did you mean 'duration'?"),
        ({"states": {"A": {"duration": "soon"}}}, "duration is seconds, a text such as '90s' or '1h30m', or a list, not 'soon'"),
        ({"states": {"A": {"duration": []}}}, "duration has no value"),
        ({"states": {"A": {"duration": True}}}, "not True"),
        ({"states": {"A": {"next": {"B": 0.9, "C": 0.2}}}}, "add up to 1 at most"),
        ({"states": {"A": {"failure_rate": 2}}}, "add up to 1 at most"),
        ({"states": {"A": {"failure_rate": 0.1, "failures": {"E": 0.1}}}}, "not both"),
        ({"states": {"A": 3}}, "write a table"),
        ({"states": []}, "a table with one table for each state"),
        ({"executions_per_month": -1}, "a number of at least 0"),
        ({"log_level": "DEBUG"}, "one of OFF, FATAL, ERROR, ALL"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(table: dict[str, Any], message: str) -> None:
    with pytest.raises(ProfileError, match=message.replace("?", r"\?").replace("(", r"\(")):
        read(table, "traffic.toml")


def test_the_second_of_two_profiles_is_right_where_both_speak() -> None:
    first = Profile(executions_per_month=5, states={"A": StateProfile(durations=(1.0,), items=3)})
    second = Profile(states={"A": StateProfile(durations=(2.0,)), "B": StateProfile(items=1)})
    found = merged(first, second)
    assert found.executions_per_month == 5
    assert found.states["A"] == StateProfile(durations=(2.0,), items=3)
    assert found.states["B"] == StateProfile(items=1)


MACHINE = workflow(
    chain(
        ("Start", task(Retry=[{"ErrorEquals": ["Busy"], "IntervalSeconds": 5, "MaxAttempts": 3}])),
        ("Wait", {"Type": "Wait", "Seconds": 10}),
        ("Done?", choice(("{% $states.input.done %}", "Each"), default="Start")),
        (
            "Each",
            {
                "Type": "Map",
                "Items": "{% $states.input.items %}",
                "ItemProcessor": {"StartAt": "Work", "States": {"Work": task(End=True)}},
            },
        ),
        ("Both", {"Type": "Parallel", "Branches": [
            {"StartAt": "Left", "States": chain(("Left", task()), ("Left again", {"Type": "Pass"}))},
            {"StartAt": "Right", "States": {"Right": task(End=True)}},
        ]}),
    )
)  # fmt: skip


def simulated() -> list[Any]:
    """Two executions: one as planned, one with two failures, a second round and more items."""
    histories = []
    for starts, items in (([Result({"done": True, "items": [1]}, after=2)], 1),
                          ([TaskError("Busy", after=1), TaskError("Busy", after=1),
                            Result({"done": False}, after=4), Result({"done": True, "items": [1, 2, 3]}, after=4)], 3)):  # fmt: skip
        run = simulate(
            MACHINE,
            {},
            {
                "Start": starts,
                "Work": [Result({}, after=1.5) for _ in range(items)],
                "Left": Result({}, after=3),
                "Right": {},
            },
            check_results=False,
        )
        assert run.status == "SUCCEEDED"
        histories.append({"events": run.history})
    return histories


def test_histories_show_durations_ways_failures_and_items() -> None:
    found = measured(json.loads(json.dumps(simulated())), executions_per_month=100)
    start = found.states["Start"]
    assert start.durations == (1.0, 1.0, 2.0, 4.0, 4.0)
    assert start.failures == {"Busy": 0.4}
    assert found.states["Wait"].durations == (10.0,)
    assert found.states["Done?"].next == pytest.approx({"Each": 2 / 3, "Start": 1 / 3})
    assert found.states["Each"].items == 2
    assert found.states["Work"].durations == (1.5,)
    assert found.states["Left"].durations == (3.0,)
    assert found.executions_per_month == 100


def test_the_estimate_of_a_measured_machine_gives_back_what_was_measured() -> None:
    found = estimate(MACHINE, measured(simulated()))
    assert [a.what for a in found.assumptions if "not known" in a.what and "memory" not in a.what] == []
    # Attempts fail in 2 of 5 cases, so that in 2.6 % of the entries all three retries do.
    assert found.entries["Start"] == pytest.approx(1.5, abs=0.05)
    assert found.entries["Work"] == pytest.approx(2, abs=0.1)
    # Nine transitions in one execution, 16 in the other: retries are summed up as a rate, so that it is not exactly 12.5.
    assert found.transitions == pytest.approx(12.5, abs=0.5)


def test_many_durations_are_summed_up_with_the_same_mean() -> None:
    events: list[dict[str, Any]] = []
    times = [i * 0.1 for i in range(1, 101)]
    for i, seconds in enumerate(times):
        base = 4 * i
        events += [
            {"id": base + 1, "previousEventId": 0, "type": "TaskStateEntered", "timestamp": 0, "stateEnteredEventDetails": {"name": "A"}},
            {"id": base + 2, "previousEventId": base + 1, "type": "TaskScheduled", "timestamp": 0},
            {"id": base + 3, "previousEventId": base + 2, "type": "TaskStarted", "timestamp": 0},
            {"id": base + 4, "previousEventId": base + 3, "type": "TaskSucceeded", "timestamp": seconds},
        ]  # fmt: skip
    durations = measured([events]).states["A"].durations
    assert len(durations) == MOST_DURATIONS
    assert sum(durations) / MOST_DURATIONS == pytest.approx(sum(times) / 100)


@pytest.mark.parametrize("history", [{}, {"events": 3}, "text", [{"id": 1}], [{"type": "X"}]])
def test_what_is_no_history_is_refused(history: Any) -> None:
    with pytest.raises(ProfileError):
        measured([history])


def test_recorded_histories_are_read() -> None:
    """Every execution recorded from AWS, brought back into the form of GetExecutionHistory."""
    seen = 0
    for line in shared("aws_recordings/executions.jsonl").read_text().splitlines():
        record = json.loads(line)
        if not record.get("has_history") or not record.get("history_order_reliable", True):
            continue
        events = []
        for i, (kind, name, details) in enumerate(record["history"], start=1):
            event = {
                "id": details.get("id", i),
                "previousEventId": details.get("prev", i - 1),
                "type": kind,
                "timestamp": i,
            }
            if kind.endswith("StateEntered"):
                event["stateEnteredEventDetails"] = {"name": name}
            if kind.endswith("StateExited"):
                event["stateExitedEventDetails"] = {"name": name}
            event[f"{kind[0].lower()}{kind[1:]}EventDetails"] = details
            events.append(event)
        profile = measured([events])
        seen += 1
        for name, attempts in record.get("tasks", {}).items():
            ended = [a for a in attempts if "aborted" not in a]
            if ended and record.get("tasks_reliable", True) and name in profile.states:
                failed = sum("error" in a or "timed_out" in a for a in ended)
                assert sum(profile.states[name].failures.values()) == pytest.approx(failed / len(ended)), record["id"]
    assert seen > 400
