"""Run a machine, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sfdsl.model.states import StateMachine
from sfdsl.simulate.code import Edge
from sfdsl.simulate.engine import Engine
from sfdsl.simulate.errors import InvalidInput
from sfdsl.simulate.frames import MAX_PAYLOAD, Execution
from sfdsl.simulate.history import as_aws
from sfdsl.simulate.options import Options
from sfdsl.simulate.outcomes import Called
from sfdsl.simulate.program import Program, compiled
from sfdsl.simulate.values import MAX_NESTING, Json, TooDeep, size


class Run:
    """An execution that has ended.

    Attributes:
        status: SUCCEEDED, FAILED, TIMED_OUT.
        output: What it gave; None where it failed.
        error, cause: Why it failed; None where it did not, and where AWS names none.
        path: Names of the states entered, in order, those inside Parallels and Maps included.
        calls: What Tasks called, in the order in which that ended.
        transitions: How many states were entered; a retry enters none.
        duration: Seconds of virtual time.
        taken: How often each way between states was taken: (state, kind, place) of `sfdsl.model.edges`.
        children: Executions that Distributed Maps started, in order.
        written: What ResultWriters wrote: bytes by `s3://bucket/key`.
    """

    def __init__(self, engine: Engine, execution: Execution) -> None:
        self._start = engine.start
        self.execution = execution
        self.status = execution.status
        self.output: Json = execution.output
        self.error, self.cause = execution.error
        self.path: tuple[str, ...] = tuple(engine.path)
        self.calls: tuple[Called, ...] = tuple(engine.calls)
        self.transitions = engine.transitions
        self.duration = execution.stopped - execution.started
        self.taken: Mapping[Edge, int] = engine.taken
        self.children = execution.children
        self.written: Mapping[str, bytes] = engine.objects.written

    @property
    def history(self) -> list[dict[str, Any]]:
        """The events as GetExecutionHistory returns them."""
        return as_aws(self.execution.events, self._start)

    def arguments(self, state: str) -> list[Json]:
        """What a Task was called with, call by call, retries included; [] where it was not called."""
        return [call.arguments for call in self.calls if call.state == state]

    def __repr__(self) -> str:
        if self.status == "SUCCEEDED":
            return f"<Run SUCCEEDED, {self.transitions} states>"
        return f"<Run {self.status}: {self.error}, {self.transitions} states>"


def run_program(program: Program, input: Json, options: Options) -> Run:
    """Run a compiled machine; the input is JSON already.

    Raises:
        InvalidInput: It is larger than an execution's input may be, or nested too deeply.
        SimulationError: The simulation cannot go on.
    """
    _check_input(input)
    engine = Engine(program, options)
    return Run(engine, engine.run(input))


def _check_input(input: Json) -> None:
    try:
        bytes_given = size(input)
    except TooDeep:
        message = f"the input has more than {MAX_NESTING} arrays and objects inside each other"
        raise InvalidInput(f"{message}; the simulator goes no deeper") from None
    if bytes_given > MAX_PAYLOAD:
        raise InvalidInput(f"the input has {bytes_given:,} bytes; StartExecution takes {MAX_PAYLOAD:,} at most")


def program_of(machine: StateMachine, name: str = "machine", express: bool = False) -> Program:
    """A machine ready to run.

    Raises:
        InvalidDefinition: AWS would not have accepted it.
    """
    timeout = machine.timeout_seconds
    return Program(name, compiled(machine), express, float(timeout) if isinstance(timeout, int | float) else None)
