"""The scopes of a pipeline and the ways between their steps: what `>>`, Choice and catch amount to."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import cached_property

from sfdsl.diagnostics import Diagnostic
from sfdsl.dsl.lower.arms import continuations
from sfdsl.dsl.maps import DistributedMap, Map
from sfdsl.dsl.pipeline import Pipeline
from sfdsl.dsl.rules import ConflictingWay, StepInTwoScopes, WayToNowhere
from sfdsl.dsl.steps import Catching, Choice, Parallel, Raise, Step
from sfdsl.graph import FlowGraph
from sfdsl.model import states as model


class LoweredScope:
    """One `States` object in the making.

    Attributes:
        head: Where it begins.
        steps: Its steps, in the order in which they are met.
        owner: The Parallel or Map that it belongs to; None for the pipeline itself.
        handling: Steps that only errors lead to, by the pipeline's `on_error`.
    """

    def __init__(self, head: Step, parent: LoweredScope | None, owner: Step | None, on_error: Step | None) -> None:
        self.head = head
        self.parent = parent
        self.owner = owner
        self.on_error = on_error
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.steps: list[Step] = []
        self.handling: frozenset[Step] = frozenset()
        self._continues: dict[Step, Step] = {}

    def next(self, step: Step) -> Step | None:
        """The step that follows on the normal way out; None ends the flow."""
        if isinstance(step, Choice):
            return None
        if isinstance(step, Raise):  # in a handler it fails: led to `on_error`, it would come back for ever
            return None if step in self.handling else self.on_error
        return step._next if step._next is not None else self._continues.get(step)

    def default(self, choice: Choice) -> Step | None:
        """Where a Choice leads if no test is true."""
        return choice._otherwise if choice._otherwise is not None else self.after(choice)

    def after(self, choice: Choice) -> Step | None:
        """What follows a Choice: what was written behind it, or behind a Choice that it is an arm of."""
        return choice._next if choice._next is not None else self._continues.get(choice)

    def catchers(self, step: Step) -> Iterator[tuple[tuple[str, ...], Step]]:
        """The errors that lead from a step to a handler: its own, then the pipeline's `on_error`."""
        if not isinstance(step, Catching):
            return
        yield from step._catch
        everything = any("States.ALL" in names for names, _ in step._catch)
        if self.on_error is None or self.on_error is step or step in self.handling:
            return  # a handler that caught its own errors would never end
        if not everything:
            yield ("States.ALL",), self.on_error

    def targets(self, step: Step) -> Iterator[Step]:
        """Every step that this one leads to, errors included."""
        if isinstance(step, Choice):
            after = self.after(step)
            ways = [*(arm.target if arm.target is not None else after for arm in step._arms), self.default(step)]
        else:
            ways = [self.next(step), *(handler for _, handler in self.catchers(step))]
        yield from (way for way in ways if way is not None)

    def key(self, step: Step) -> str:
        """The name of a step in `graph`; names that were given twice are kept apart."""
        return self._keys[step]

    @cached_property
    def _keys(self) -> dict[Step, str]:
        keys: dict[Step, str] = {}
        taken: set[str] = set()
        for i, step in enumerate(self.steps):
            keys[step] = step.name if step.name not in taken else f"{step.name}\0{i}"
            taken.add(keys[step])
        return keys

    @cached_property
    def by_key(self) -> dict[str, Step]:
        """The steps by `key`."""
        return {key: step for step, key in self._keys.items()}

    def in_one_loop(self, first: Step, second: Step) -> bool:
        """Whether each of two steps leads to the other."""
        loop = self._loops.get(self.key(first))
        return loop is not None and loop == self._loops.get(self.key(second))

    @cached_property
    def _loops(self) -> dict[str, int]:
        return {key: number for number, keys in enumerate(self.graph.loops()) for key in keys}

    @cached_property
    def graph(self) -> FlowGraph:
        """The ways of the scope as a graph, by `key`."""
        states = tuple(self._outline(step) for step in self.steps)
        return FlowGraph(model.Branch(start_at=self.key(self.head), states=states))

    def _outline(self, step: Step) -> model.State:
        name = self._keys[step]
        if isinstance(step, Choice):
            ways = [arm.target if arm.target is not None else self.after(step) for arm in step._arms]
            test = model.Condition(text=True)
            rules = tuple(model.ChoiceRule(test=test, next=self._keys[way]) for way in ways if way is not None)
            default = self.default(step)
            return model.Choice(name=name, choices=rules, default=None if default is None else self._keys[default])
        following = self.next(step)
        if step.terminal and following is None:
            return model.Succeed(name=name)
        catch = tuple(
            model.Catcher(error_equals=names, next=self._keys[handler]) for names, handler in self.catchers(step)
        )
        return model.Task(name=name, next=None if following is None else self._keys[following], catch=catch)


class Outline:
    """All scopes of a pipeline, outer before inner, and where each step is."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.scopes: list[LoweredScope] = []
        self.scope_of: dict[Step, LoweredScope] = {}
        self.inner: dict[Step, list[LoweredScope]] = {}
        self.findings: list[Diagnostic] = []
        assert pipeline._head is not None  # the caller reports a pipeline without define()
        self._open(LoweredScope(pipeline._head, None, None, pipeline._on_error))

    def _open(self, root: LoweredScope) -> None:
        waiting = deque([root])
        while waiting:
            scope = waiting.popleft()
            self.scopes.append(scope)
            self._collect(scope)
            self._continue(scope)
            self._separate_handlers(scope)
            for step in scope.steps:
                heads = step._heads if isinstance(step, Parallel) else [step._head] if isinstance(step, Map) else []
                if heads:
                    self.inner[step] = [LoweredScope(head, scope, step, None) for head in heads]
                    waiting += self.inner[step]

    def _collect(self, scope: LoweredScope) -> None:
        """Find the steps of a scope by what was written, before it is known how a Choice goes on."""
        stack = [scope.on_error, scope.head] if scope.on_error is not None else [scope.head]
        found: dict[Step, None] = {}
        while stack:
            step = stack.pop()
            if step in found:
                continue
            other = self.scope_of.get(step)
            if other is not None:
                self.findings.append(
                    StepInTwoScopes.finding(
                        f"step {step.name!r} stands in {_where(other)} and in {_where(scope)}",
                        hint="declare a step for each; a function that returns steps can build both",
                        origin=step.origin,
                        state=step.name,
                    )
                )
                continue
            found[step] = None
            ways = [*step._branches(), *([step._next] if step._next is not None else [])]
            if not isinstance(step, Choice):
                ways.reverse()  # the normal way out before its handlers
            stack.extend(reversed(ways))
            for conflict in step._conflicts:
                assert step._next is not None
                self._conflict(step, step._next, conflict.other)
        scope.steps = list(found)
        self.scope_of.update((step, scope) for step in found)

    def _continue(self, scope: LoweredScope) -> None:
        """Lead the open ends of every Choice's arms to what follows the Choice."""
        heads = [scope.head] if scope.on_error is None else [scope.head, scope.on_error]
        scope._continues = continuations(heads, scope.steps, self._conflict)
        for choice in scope.steps:
            if not isinstance(choice, Choice) or scope.after(choice) is not None:
                continue
            if any(arm.target is None for arm in choice._arms):
                self.findings.append(
                    WayToNowhere.finding(
                        f"Choice {choice.name!r} has a when() without steps, and nothing follows the Choice",
                        hint="name the steps in when(test, steps), or write >> steps behind the Choice",
                        origin=choice.origin,
                        state=choice.name,
                    )
                )

    def _separate_handlers(self, scope: LoweredScope) -> None:
        if scope.on_error is None:
            return
        normal: set[Step] = set()
        stack = [scope.head]
        while stack:
            step = stack.pop()
            if step in normal:
                continue
            normal.add(step)
            if isinstance(step, Raise):
                continue
            if isinstance(step, Choice):
                stack.extend(scope.targets(step))
            else:
                following = scope.next(step)
                stack.extend([*step._branches(), *([] if following is None else [following])])
        scope.handling = frozenset(step for step in scope.steps if step not in normal)

    def _conflict(self, step: Step, first: Step, second: Step) -> None:
        self.findings.append(
            ConflictingWay.finding(
                f"step {step.name!r} is led to {first.name!r} and to {second.name!r}",
                hint="a step has one way on: write a Choice between them, or a Parallel to do both",
                origin=step.origin,
                state=step.name,
            )
        )


def _where(scope: LoweredScope) -> str:
    if scope.owner is None:
        return "the pipeline itself"
    return f"{'the body' if isinstance(scope.owner, Map) else 'a branch'} of {scope.owner.name!r}"


def child_execution(scope: LoweredScope) -> LoweredScope | None:
    """The nearest scope, this one included, that runs in child executions of a Distributed Map; None for none."""
    current: LoweredScope | None = scope
    while current is not None and not isinstance(current.owner, DistributedMap):
        current = current.parent
    return current
