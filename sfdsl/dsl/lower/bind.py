"""Where the value of every reference comes from: a variable, the state's own result, the input, an item.

A first walk over all values of all steps (`Binder`) decides it and notes which fields of what are read; texts are
made afterwards, when the variables have their names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sfdsl.diagnostics import Diagnostic, Rule, did_you_mean
from sfdsl.dsl import references as refs
from sfdsl.dsl.lower.fields import check_input, check_result, reads_one
from sfdsl.dsl.lower.holders import Body, Carried, Holder, Textual, below, of_each
from sfdsl.dsl.lower.paths import FieldPath
from sfdsl.dsl.lower.scopes import LoweredScope, Outline, child_execution
from sfdsl.dsl.lower.standby import Standby
from sfdsl.dsl.lower.values import Gives, Stage, Written, given, gives, values
from sfdsl.dsl.maps import DistributedMap, Map
from sfdsl.dsl.rules import (
    ErrorNotCaught,
    NoJson,
    OwnResultTooEarly,
    ResultInsideScope,
    ResultNotOnEveryPath,
    StrangeReference,
    UnknownResultField,
)
from sfdsl.dsl.steps import UNSET, Choice, Fail, Parallel, Raise, Raw, Step
from sfdsl.jsonata import Reference, Resolved, Use, dotted, render, template, uses
from sfdsl.model.workflow import JSONPATH

_ERROR_FIELDS = ("Error", "Cause", "State")


class Binder:
    """Decides for every use of a reference what it stands for; collects findings on the way.

    Attributes:
        results: The variables that hold results, by step.
        bodies: What is known of the bodies of Maps, by their scope.
        errors: The variables that hold caught errors, by scope.
        findings: What is wrong with what is read.
    """

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.pipeline = outline.pipeline
        self.findings: list[Diagnostic] = []
        self.results: dict[Step, Holder] = {}
        self.bodies: dict[LoweredScope, Body] = {
            scope: Body(scope.owner) for scope in outline.scopes if isinstance(scope.owner, Map)
        }
        self.errors: dict[LoweredScope, Holder] = {}
        self._bound: dict[tuple[int, Step, Stage], Textual] = {}
        self._uncaught: dict[LoweredScope, frozenset[str]] = {}

    def run(self) -> None:
        """Look at every value of every step."""
        for scope in self.outline.scopes:
            for step in scope.steps:
                for written in values(step):
                    self._bind(written, step)
        for end in self.ends():
            self._bind(Written(Stage.OUTPUT, self.pipeline._output), end)

    def ends(self) -> Iterator[Step]:
        """The steps at which the pipeline succeeds and gives its `output`, if it has one; handlers of errors do not."""
        root = self.outline.scopes[0]
        if self.pipeline._output is UNSET:
            return
        for step in root.steps:
            if step in root.handling or isinstance(step, (Fail, Raise, Choice)) or step._output is not UNSET:
                continue
            if root.next(step) is None:
                yield step

    def resolver(self, step: Step, stage: Stage) -> Callable[[Reference, FieldPath], Resolved]:
        """What `sfdsl.jsonata.render` asks for references in a value of a step."""

        def resolve(reference: Reference, path: FieldPath) -> Resolved:
            return self._bound[id(reference), step, stage](path)

        return resolve

    # -- deciding -------------------------------------------------------------------------------------------------

    def _bind(self, written: Written, step: Step) -> None:
        try:
            found = list(uses(written.value))
            # What cannot be written is found here, where it can be told with the step that holds it.
            template(written.value, lambda reference, path: Resolved(""))
        except TypeError as problem:
            message = f"step {step.name!r} holds a value that ASL cannot: {problem}"
            self._report(NoJson, step, message, "write JSON and expressions")
            return
        except RecursionError:
            message = f"step {step.name!r} holds a value that is nested too deeply, or within itself"
            self._report(NoJson, step, message, "compute a part of it in a Pass with output= before")
            return
        if found and isinstance(step, Raw) and step.language == JSONPATH:
            message = f"step {step.name!r} is a state in JSONPath and reads {found[0].reference!r}, which is JSONata"
            self._report(NoJson, step, message, "write a JSONPath there, or the state in JSONata")
            return
        for use in found:
            always = written.always and use.needed
            self._bound[id(use.reference), step, written.stage] = self._decide(use, step, written.stage, always)

    def _decide(self, use: Use, step: Step, stage: Stage, always: bool) -> Textual:
        """What one use reads, and a note that it is read.

        Args:
            use: The place.
            step: The step that it is in.
            stage: When it is evaluated.
            always: Whether the step fails where the field is missing.
        """
        scope = self.outline.scope_of[step]
        match use.reference:
            case refs.StepResult():
                return self._result(use, use.reference._step, step, scope, stage, always)
            case refs.PipelineInput():
                return self._input(use, use.reference, step, scope, always)
            case refs.PipelineError():
                return self._error(use, use.reference, step, scope, always)
            case refs.MapItem() | refs.MapIndex():
                return self._item(use, use.reference, step, scope, always)
            case refs.Context():
                return lambda path: below("$states.context", path)
            case _:
                raise AssertionError(use.reference)

    # -- results --------------------------------------------------------------------------------------------------

    def _result(self, use: Use, producer: Step, step: Step, scope: LoweredScope, stage: Stage, always: bool) -> Textual:
        home = self.outline.scope_of.get(producer)
        if home is None:
            message = f"step {step.name!r} reads the result of {producer.name!r}, which is not part of this pipeline"
            hint = "use a step of this pipeline; a step that stands in no define() has no result"
            return self._report(StrangeReference, step, message, hint)
        problem = check_result(use.path, producer, step)
        if problem is not None:
            self.findings.append(problem)
        if producer is step and stage is not Stage.BEFORE:
            return self._own_result(step, stage)
        at = self._seen_from(home, step, scope)
        if at is None:
            return self._report(ResultInsideScope, step, *self._inside(producer, home, step, scope))
        if at is producer and not use.guarded:
            return self._report(OwnResultTooEarly, step, *self._too_early(use, producer, step))
        graph = home.graph
        comes_before = graph.completes_before(home.key(producer), home.key(at))
        if not comes_before and not use.guarded:
            return self._report(ResultNotOnEveryPath, step, *self._missed(use, producer, step, home, at))
        holder = self.results.get(producer)
        if holder is None:
            holder = self.results[producer] = Holder(producer.name, each=gives(producer) is Gives.LIST)
        if not comes_before:
            holder.standby = holder.standby or Standby(producer, home)
            holder.standby.readers[at] = None
        certain = always and self._always_read(producer, at, home, step, scope)
        if isinstance(producer, Raw) and producer.language == JSONPATH and not certain:
            holder.fields.add((), certain=False)  # a JSONPath that finds nothing is an error, so all of it is kept
        holder.fields.add(use.path, certain, use.asked)
        return self._carried(holder, holder.text, use, step, scope, home, always)

    def _own_result(self, step: Step, stage: Stage) -> Textual:
        match gives(step):
            case Gives.RESULT:
                return lambda path: below("$states.result", path, indexable=reads_one(path, step))
            case Gives.LIST:
                return lambda path: of_each("$states.result", path)
            case Gives.INPUT:
                return lambda path: below("$states.input", path)
            case Gives.OUTPUT if stage is Stage.ASSIGN:
                return lambda path: below(f"({render(given(step), self.resolver(step, Stage.OUTPUT))})", path)
            case Gives.OUTPUT:
                message = f"the output of step {step.name!r} reads itself"
                return self._report(OwnResultTooEarly, step, message, "read what it is computed from")
            case _:
                message = f"{type(step).__name__} {step.name!r} has no result"
                return self._report(OwnResultTooEarly, step, message, "read the results of the steps before it")

    def _too_early(self, use: Use, producer: Step, step: Step) -> tuple[str, str]:
        if step is not producer:
            message = f"step {step.name!r} stands inside of {producer.name!r} and reads its result"
            return message, "read it in a step that follows"
        field = "".join(f".{name}" for name in use.path)
        message = f"step {step.name!r} reads its own result before it has one"
        hint = "read it in output=, in assign(...), or in a later step; "
        hint += f"in a loop write .result{field}.default(...) for what stands for it in the first round"
        return message, hint

    def _missed(self, use: Use, producer: Step, step: Step, home: LoweredScope, at: Step) -> tuple[str, str]:
        around = home.graph.path_around(home.key(producer), home.key(at))
        way = [name.partition("\0")[0] for name in around]
        shown = " -> ".join(way if len(way) <= 8 else [*way[:3], "...", *way[-4:]])
        why = f"{producer.name!r} fails" if home.key(producer) in around else f"{producer.name!r} does not run"
        field = "".join(f".{name}" for name in use.path)
        message = f"step {step.name!r} reads the result of {producer.name!r}, but on the path {shown} {why}"
        return message, f"write .result{field}.default(...) for that path, or read it only behind {producer.name!r}"

    def _inside(self, producer: Step, home: LoweredScope, step: Step, scope: LoweredScope) -> tuple[str, str]:
        owner = home.owner
        while home.parent is not None and self._seen_from(home.parent, step, scope) is None:
            home = home.parent
            owner = home.owner
        assert owner is not None
        kind = "the body" if isinstance(owner, Map) else "a branch"
        message = f"step {step.name!r} reads the result of {producer.name!r}, which is inside {kind} of {owner.name!r}"
        if isinstance(owner, Parallel):
            index = self.outline.inner[owner].index(home)
            return message, f"read the result of {owner.name!r}: .result[{index}] is what that branch gives"
        return message, f"read the result of {owner.name!r}: a list with what the body gives for each item"

    # -- input, errors, items -------------------------------------------------------------------------------------

    def _input(self, use: Use, reference: refs.PipelineInput, step: Step, scope: LoweredScope, always: bool) -> Textual:
        if reference._pipeline is not self.pipeline:
            message = f"step {step.name!r} reads the input of pipeline {reference._pipeline.name!r}"
            return self._report(StrangeReference, step, message, "read the input of its own pipeline")
        problem = check_input(use.path, self.pipeline, step)
        if problem is not None:
            self.findings.append(problem)
        root = self.outline.scopes[0]
        return self._carried(
            None, lambda path: below("$states.context.Execution.Input", path), use, step, scope, root, always
        )

    def _error(self, use: Use, reference: refs.PipelineError, step: Step, scope: LoweredScope, always: bool) -> Textual:
        if reference._pipeline is not self.pipeline:
            message = f"step {step.name!r} reads the error of pipeline {reference._pipeline.name!r}"
            return self._report(StrangeReference, step, message, "read the error of its own pipeline")
        at, home = step, scope
        while home.key(at) in self._without_error(home):
            if home.parent is None or home.owner is None:
                message = f"step {step.name!r} reads the pipeline's error, but it also runs where nothing failed"
                return self._report(
                    ErrorNotCaught, step, message, "read it only in on_error, in a catch handler, or behind a Raise"
                )
            at, home = home.owner, home.parent
        if use.path and use.path[0] not in _ERROR_FIELDS:
            message = f"step {step.name!r} reads {use.path[0]!r} of the error, which has Error, Cause and State"
            return self._report(UnknownResultField, step, message, did_you_mean(use.path[0], _ERROR_FIELDS))
        if len(use.path) > 1:
            message = f"step {step.name!r} reads {'.'.join(use.path)!r} of the error, but {use.path[0]!r} is a text"
            hint = f"where it holds JSON write fn.parse(error.{use.path[0]}).{'.'.join(use.path[1:])}"
            return self._report(UnknownResultField, step, message, hint)
        holder = self.errors.get(home)
        if holder is None:
            holder = self.errors[home] = Holder("caught" if home.depth == 0 else f"caught_{home.depth + 1}")
        holder.fields.add(use.path, certain=True)
        return self._carried(holder, holder.text, use, step, scope, home, always)

    def _without_error(self, scope: LoweredScope) -> frozenset[str]:
        """The steps that can be entered although nothing was caught in this scope."""
        if scope not in self._uncaught:
            graph = scope.graph
            raising = {scope.key(step) for step in scope.steps if isinstance(step, Raise)}
            seen = {scope.key(scope.head)}
            stack = list(seen)
            while stack:
                name = stack.pop()
                for edge in graph.outgoing[name]:
                    if edge.kind.value != "Catch" and name not in raising and edge.target not in seen:
                        seen.add(edge.target)
                        stack.append(edge.target)
            self._uncaught[scope] = frozenset(seen)
        return self._uncaught[scope]

    def _item(
        self, use: Use, reference: refs.MapItem | refs.MapIndex, step: Step, scope: LoweredScope, always: bool
    ) -> Textual:
        owner = reference._owner
        home = next((inner for inner in self.outline.inner.get(owner, ()) if self._seen_from(inner, step, scope)), None)
        if home is None:
            message = f"step {step.name!r} reads {reference._label()}, which exists only in the body"
            return self._report(StrangeReference, step, message, f"read {owner.name!r}'s result instead")
        body = self.bodies[home]
        at = self._seen_from(home, step, scope)
        assert at is not None  # the scope was chosen so
        if isinstance(reference, refs.MapIndex):
            body.indexed = True
            holder = body.index
        else:
            holder = body.item
        key = holder.wish
        if isinstance(owner, DistributedMap):

            def in_child(path: FieldPath) -> Resolved:
                base = dotted("$states.context.Execution.Input", (key,) if body.wrapped else ())
                return below(base, path)

            return self._carried(holder, in_child, use, step, scope, home, always)
        if step is home.head and not home.graph.incoming[home.key(home.head)]:
            return lambda path: below(dotted("$states.input", (key,) if body.wrapped else ()), path)
        body.nested_readers = body.nested_readers or at is home.head
        holder.fields.add(use.path, always and self._always_read(home.head, at, home, step, scope), use.asked)
        return self._carried(holder, holder.text, use, step, scope, home, always)

    def _carried(
        self,
        holder: Holder | None,
        text: Textual,
        use: Use,
        step: Step,
        scope: LoweredScope,
        home: LoweredScope,
        always: bool,
    ) -> Textual:
        """The text within a Distributed Map's body: what the Map hands to its children, by level.

        Args:
            holder: The variable that the value is kept in; None for the input of the execution.
            text: How the value is read where it is.
            use: The place that reads it.
            step: The step of that place.
            scope: The scope of that step.
            home: The scope that the value is kept in.
            always: Whether the step fails where the field is missing.
        """
        child = child_execution(scope)
        if child is None or child is child_execution(home) or child.depth <= home.depth:
            return text
        body = self.bodies[child]
        assert child.parent is not None
        assert child.owner is not None
        outside = self._carried(holder, text, use, child.owner, child.parent, home, always)
        key = "input" if holder is None else holder
        if key not in body.carried:
            body.carried[key] = Carried("input" if holder is None else holder.wish, outside, holder)
        carried = body.carried[key]
        carried.fields.add(use.path, always and self._always_handed(step, scope, child), use.asked)
        base = "$states.context.Execution.Input.BatchInput" if body.batched else "$states.context.Execution.Input"
        return lambda path: carried.text(base, path)

    # -- looking --------------------------------------------------------------------------------------------------

    def _always_read(self, source: Step, at: Step, home: LoweredScope, step: Step, scope: LoweredScope) -> bool:
        """Whether a reader runs whenever the source has run and nothing fails."""
        reached = at is source or home.graph.always_leads_to(home.key(source), home.key(at))
        return reached and (scope is home or self._always_runs(step, scope, home))

    def _always_runs(self, step: Step, scope: LoweredScope, within: LoweredScope) -> bool:
        """Whether a step runs whenever the scopes around it, below `within`, are entered and nothing fails."""
        current: LoweredScope | None = scope
        at: Step | None = step
        while current is not None and at is not None and current is not within:
            if isinstance(current.owner, Map):
                return False  # there may be no item
            if not (at is current.head or current.graph.always_leads_to(current.key(current.head), current.key(at))):
                return False
            at, current = current.owner, current.parent
        return True

    def _always_handed(self, step: Step, scope: LoweredScope, child: LoweredScope) -> bool:
        """Whether every child execution fails, and the Distributed Map with them, without a value that a step needs."""
        owner, at = child.owner, self._seen_from(child, step, scope)
        assert isinstance(owner, DistributedMap)
        assert at is not None  # the scope is within the child's
        if owner.tolerated_failure_percentage is not None or owner.tolerated_failure_count is not None:
            return False
        runs = at is child.head or child.graph.always_leads_to(child.key(child.head), child.key(at))
        return runs and self._always_runs(step, scope, child)

    def _seen_from(self, home: LoweredScope, step: Step, scope: LoweredScope) -> Step | None:
        """The step of `home` that is or contains the reader; None where the reader is not within `home`."""
        current: LoweredScope | None = scope
        at: Step | None = step
        while current is not None and current is not home:
            at, current = current.owner, current.parent
        return at if current is home else None

    def _report(self, rule: type[Rule], step: Step, message: str, hint: str) -> Textual:
        self.findings.append(rule.finding(message, hint=hint, origin=step.origin, state=step.name))
        return lambda path: below("$undefined", path)
