"""A program as an author would write it."""

from __future__ import annotations

from typing import Any

from sfdsl import Batch, DistributedMap, Fail, Pipeline, Raise, Succeed, aws, fn, jsonata
from sfdsl import Choice as ChoiceStep
from sfdsl import Map as MapStep
from sfdsl import Parallel as ParallelStep
from sfdsl import Pass as PassStep
from sfdsl import Wait as WaitStep
from sfdsl.dsl.steps import Chain
from sfdsl.jsonata import Expression
from tests.dsl.generate import Block, Choice, End, Expr, Loop, Map, Parallel, Program, Step, Task, Wait


def build(program: Program) -> Pipeline:
    """The pipeline of a program."""
    return _Author().pipeline(program)


class _Author:
    def __init__(self) -> None:
        self.pipe = Pipeline("generated")
        self.steps: dict[str, Any] = {}
        self.results: dict[str, Any] = {}
        self.items: dict[str, Any] = {}
        self.indexes: dict[str, Any] = {}

    def pipeline(self, program: Program) -> Pipeline:
        steps, _ = self.block(program.steps)
        on_error = None if program.on_error is None else self.block(program.on_error)[0]
        return self.pipe.define(steps, on_error=on_error)

    def block(self, block: Block) -> tuple[Any, list[Any]]:
        """The chain of a block, and handlers that are still to be led to what follows it."""
        chain: Any = None
        waiting: list[Any] = []
        for step in block:
            made, more = self.step(step)
            head = made.head if isinstance(made, Chain) else made
            for handler in waiting:
                _ = handler >> head
            waiting = more
            chain = made if chain is None else chain >> made
        return chain, waiting

    def step(self, step: Step) -> tuple[Any, list[Any]]:
        match step:
            case Task():
                made, waiting = self.task(step), []
            case Wait():
                return WaitStep(step.name, 1), []
            case End():
                return self.end(step), []
            case Choice():
                return self.choice(step)
            case Loop():
                body, more = self.block(step.body)
                choice = ChoiceStep(step.name).when(self.expr(step.again), body)
                for handler in more:
                    _ = handler >> choice
                return body >> choice, []
            case Parallel():
                made, waiting = ParallelStep(step.name, *(self.block(branch)[0] for branch in step.branches)), []
            case Map():
                made, waiting = self.map(step), []
            case _:
                raise AssertionError(step)
        self.steps[step.name] = made
        for error, handler, goes_on in step.catch:
            chain, more = self.block(handler)
            made.catch(chain, errors=error)
            if goes_on:
                waiting += [chain, *more]
        return made, waiting

    def task(self, step: Task) -> Any:
        if step.idle:
            return PassStep(step.name, output=self.expr(step.argument))
        options: dict[str, Any] = {}
        if step.output is not None:

            def output(result: Any) -> Any:
                self.results[step.name] = result
                return self.expr(step.output or ())

            options["output"] = output
        counter = step.argument[1][0][0] == "round"
        argument: Any = {} if counter else self.expr(step.argument)
        made = aws.lambda_.invoke(step.name, FunctionName="f", Payload=argument, **options)
        self.steps[step.name] = made
        if counter:  # a step that reads what it gave the round before
            made.arguments["Payload"] = self.expr(step.argument)
        self.results.pop(step.name, None)
        return made.assign(**{name: self.expr(value) for name, value in step.assign.items()})

    def end(self, step: End) -> Any:
        match step.kind:
            case "Succeed":
                return Succeed(step.name)
            case "Fail":
                return Fail(step.name, error=self.expr(step.error), cause="why")
            case _:
                return Raise(step.name, error=self.expr(step.error), cause="why")

    def choice(self, step: Choice) -> tuple[Any, list[Any]]:
        made = ChoiceStep(step.name)
        waiting: list[Any] = []
        otherwise, more = (None, []) if step.otherwise is None else self.block(step.otherwise)
        for test, block in step.arms:
            if block is None:
                made.when(self.expr(test))
                continue
            chain, handlers = self.block(block)
            waiting += handlers
            made.when(self.expr(test), chain)
            if step.joins:
                head = chain.head if isinstance(chain, Chain) else chain
                otherwise = otherwise >> head
                for handler in more:
                    _ = handler >> head
                more = []
        if otherwise is not None:
            made.otherwise(otherwise)
        return made, waiting + more

    def map(self, step: Map) -> Any:
        def body(*given: Any) -> Any:
            self.items[step.name] = given[0]
            self.indexes[step.name] = given[-1]
            return self.block(step.body)[0]

        parameters = step.item if step.index is None else f"{step.item}, {step.index}"
        named = eval(f"lambda {parameters}: body({parameters})", {"body": body})
        options = {"batch": Batch(items=step.batch)} if step.batch else {}
        kind: Any = DistributedMap if step.distributed else MapStep
        return kind(step.name, over=self.expr(step.over), body=named, **options)

    # -- expressions ----------------------------------------------------------------------------------------------

    def expr(self, expr: Expr) -> Any:
        match expr:
            case ("text" | "number" | "bool", value):
                return value
            case ("list", values):
                return list(values)
            case ("object", fields):
                return {key: self.expr(each) for key, each in fields}
            case ("input", path):
                return _below(self.pipe.input, path)
            case ("result", name, path):
                result = self.results[name] if name in self.results else self.steps[name].result
                return _below(result, () if path is None else ("Payload", *path))
            case ("default", value, otherwise):
                return self.expr(value).default(self.expr(otherwise))
            case ("each", name, key):
                return self.steps[name].result.Payload[key]
            case ("first", name, key):
                return self.steps[name].result.Payload[key][0].default(0)
            case ("item", name, path):
                return _below(self.items[name], path)
            case ("index", name):
                return self.indexes[name]
            case ("variable", name):
                return self.pipe.variable(name)
            case ("error", part):
                return self.pipe.error[part]
            case _:
                return self.computed(expr)

    def computed(self, expr: Expr) -> Any:
        of = self.expr
        match expr:
            case ("+", a, b):
                return of(a) + of(b)
            case ("-", a, b):
                return of(a) - of(b)
            case ("*", a, b):
                return of(a) * of(b)
            case ("negative", a):
                return -of(a)
            case ("=", a, b):
                return of(a) == of(b)
            case ("!=", a, b):
                return of(a) != of(b)
            case ("<", a, b):
                return of(a) < of(b)
            case ("<=", a, b):
                return of(a) <= of(b)
            case ("and", a, b):
                return of(a) & of(b)
            case ("or", a, b):
                return of(a) | of(b)
            case ("not", a):
                value = of(a)
                return ~value if isinstance(value, Expression) else not value
            case ("in", a, values):
                value = of(a)
                return value.is_in(list(values)) if isinstance(value, Expression) else value in values
            case ("has", a):
                return fn.exists(of(a))
            case ("when", test, a, b):
                return fn.when(of(test), of(a), of(b))
            case ("joined", text, a, b):
                return f"{of(a)}{text}{of(b)}"
            case ("upper", a):
                return fn.uppercase(of(a))
            case ("count_of", rows):
                return fn.count(of(rows))
            case ("sum_ids", rows, parameter):
                each = eval(f"lambda {parameter}: {parameter}.id")
                return fn.sum(fn.map(of(rows), each))
            case ("filter", rows, parameter, least):
                keep = eval(f"lambda {parameter}: {parameter}.id > least", {"least": of(least)})
                return fn.filter(of(rows), keep)
            case ("first_tag", rows, otherwise):
                return of(rows).tags[0].default(of(otherwise))
            case ("by_hand", (first, second), a, b):
                return jsonata(f"${first} * 2 - ${second}", **{first: of(a), second: of(b)})
            case _:
                raise AssertionError(expr)


def _below(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value
