"""Pipelines that nobody thought of: drawn as programs, and built from them in the author's language.

A program is what an author means, told without sfdsl: steps with expressions, in blocks. `tests.dsl.meaning` runs it;
`build` writes it as an author would. Where both differ, the language or its lowering is wrong.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Expr: TypeAlias = tuple[Any, ...]
"""A kind and its parts; `tests.dsl.meaning.value` says what each means."""


@dataclass(eq=False)
class Step:
    """A step.

    Attributes:
        name: Expressions read its result by this name.
        catch: Error, handler, and whether the handler goes on where the step does.
    """

    name: str
    catch: list[tuple[str, Block, bool]] = field(default_factory=list, kw_only=True)


@dataclass(eq=False)
class Task(Step):
    argument: Expr = ("text", "")
    output: Expr | None = None
    assign: dict[str, Expr] = field(default_factory=dict)
    idle: bool = False
    """Whether it is a Pass, which gives the value of its argument."""


@dataclass(eq=False)
class Wait(Step):
    pass


@dataclass(eq=False)
class Choice(Step):
    arms: list[tuple[Expr, Block | None]] = field(default_factory=list)
    otherwise: Block | None = None
    joins: bool = False
    """Whether the way of `otherwise` leads on to the first arm's."""


@dataclass(eq=False)
class Loop(Step):
    """A body, and a Choice behind it that leads back to the body while the test is true."""

    body: Block = field(default_factory=list)
    again: Expr = ("bool", False)


@dataclass(eq=False)
class Parallel(Step):
    branches: list[Block] = field(default_factory=list)


@dataclass(eq=False)
class Map(Step):
    over: Expr = ("list", ())
    body: Block = field(default_factory=list)
    item: str = "item"
    index: str | None = None
    distributed: bool = False
    batch: int | None = None


@dataclass(eq=False)
class End(Step):
    """Succeed, Fail or Raise."""

    kind: str = "Succeed"
    error: Expr = ("text", "Wrong")


Block: TypeAlias = list[Step]


@dataclass
class Program:
    """A pipeline: its steps, what happens to errors, and the seed of what its tasks give."""

    steps: Block
    on_error: Block | None
    salt: int
    failing: int
    """In how many of a hundred calls a task fails."""


NAMES = (
    "Row",
    "Rows",
    "Item",
    "Count",
    "Sum",
    "Input",
    "Total",
    "Load data",
    "Load-data",
    "Ü",
    "result",
    "states",
    "x",
    "Error",
    "a",
)
PARAMETERS = ("row", "rows", "item", "total", "x", "count", "input", "result", "a", "error")
TEXTS = ("", "x", "it's", 'say "no"', "ü", "{{ no }}", "$x", "a b")


@dataclass(frozen=True)
class Known:
    """What an expression can read at some place.

    Attributes:
        sure: Tasks that have run on every way here, and what their results are: `task`, `list` of tasks, or `any`.
        maybe: Steps that may have run.
        items: Maps around, by the kind of their items.
        variables: The author's own, that are set.
        error: Whether an error was caught.
    """

    sure: tuple[tuple[str, str], ...] = ()
    maybe: tuple[tuple[str, str], ...] = ()
    items: tuple[tuple[str, str], ...] = ()
    variables: tuple[str, ...] = ()
    error: bool = False

    def also(self, name: str, kind: str) -> Known:
        return Known(
            (*self.sure, (name, kind)),
            tuple(each for each in self.maybe if each[0] != name),
            self.items,
            self.variables,
            self.error,
        )


class Draw:
    """Draws one program.

    Args:
        chance: Where the choices come from.
        size: About how many steps.
    """

    def __init__(self, chance: random.Random, size: int) -> None:
        self.chance = chance
        self.left = size
        self.names: set[str] = set()
        self.numbered = 0

    def program(self) -> Program:
        on_error: Block | None = None
        steps, _ = self.block(Known(), 0, top=True)
        if self.chance.random() < 0.6:
            self.left = max(self.left, 2)
            on_error, _ = self.block(Known(error=True), 2, ends=True)
        return Program(steps, on_error, self.chance.randint(0, 999), self.chance.choice((0, 0, 10, 30)))

    def name(self) -> str:
        wish = self.chance.choice(NAMES)
        number = 2
        name = wish
        while name in self.names:
            name, number = f"{wish} {number}", number + 1
        self.names.add(name)
        return name

    # -- steps ----------------------------------------------------------------------------------------------------

    def block(self, known: Known, depth: int, *, top: bool = False, ends: bool = False) -> tuple[Block, Known]:
        """Steps that do some work, with what is known behind them."""
        block: Block = []
        if not top and not ends and self.chance.random() < 0.1:
            return [self.end(known, depth)], known
        while True:
            step, known = self.step(known, depth, first=not block)
            block.append(step)
            if self.left <= 0 or self.chance.random() < (0.15 if top else 0.45):
                break
        if self.chance.random() < 0.15:
            block.append(self.end(known, depth))
        elif (top or ends) and isinstance(block[-1], (Choice, Loop)):
            block.append(Wait(self.name()))  # where its ways lead that have no steps
        return block, known

    def end(self, known: Known, depth: int) -> End:
        kind = self.chance.choice(("Succeed", "Fail", "Raise"))
        return End(self.name(), kind, self.text(known, 1) if self.chance.random() < 0.3 else ("text", "Wrong"))

    def step(self, known: Known, depth: int, first: bool) -> tuple[Step, Known]:
        self.left -= 1
        kinds = ["task"] * 5 + ["pass"]
        if not first:
            kinds.append("wait")
        if depth < 4 and self.left > 0:
            kinds += ["choice"] * 2 + ["loop", "parallel", "map", "map", "distributed", "join"]
        match self.chance.choice(kinds):
            case "task":
                return self.task(known, depth)
            case "pass":
                name = self.name()
                return Task(name, self.any(known, 2), idle=True), known.also(name, "any")
            case "wait":
                return Wait(self.name()), known
            case "choice":
                return self.choice(known, depth)
            case "join":
                return self.join(known, depth)
            case "loop":
                return self.loop(known, depth)
            case "parallel":
                return self.parallel(known, depth)
            case "map":
                return self.map(known, depth, distributed=False)
            case _:
                return self.map(known, depth, distributed=True)

    def task(self, known: Known, depth: int) -> tuple[Step, Known]:
        name = self.name()
        task = Task(name, self.any(known, 2))
        after = known.also(name, "task")
        if self.chance.random() < 0.2:
            task.output = self.any(after, 1)
        if self.chance.random() < 0.2:
            self.numbered += 1
            variable = f"own_{self.numbered}"
            task.assign[variable] = self.number(after, 1)
            after = Known(after.sure, after.maybe, after.items, (*after.variables, variable), after.error)
        return task, self.caught(task, known, after, depth)

    def caught(self, step: Step, known: Known, after: Known, depth: int) -> Known:
        """Catch errors of a step now and then; what is known behind it."""
        if depth >= 3 or self.left <= 0 or self.chance.random() >= 0.25:
            return after
        names = ["Busy", "Rejected", "States.ALL"]
        for _ in range(self.chance.randint(1, 2)):
            error = names.pop(self.chance.randrange(len(names)))
            inside = Known(known.sure, known.maybe, known.items, known.variables, True)
            handler, handled = self.block(inside, depth + 1, ends=True)
            on = self.chance.random() < 0.4 and not isinstance(handler[-1], End)
            step.catch.append((error, handler, on))
            if on:
                after = _both(known, [after, handled])
            if error == "States.ALL":
                break
        return after

    def choice(self, known: Known, depth: int) -> tuple[Step, Known]:
        choice = Choice(self.name())
        afters = []
        for _ in range(self.chance.randint(1, 3)):
            test = self.boolean(known, 2)
            if self.chance.random() < 0.2:
                choice.arms.append((test, None))
                afters.append(known)
                continue
            block, after = self.block(known, depth + 1)
            choice.arms.append((test, block))
            if not isinstance(block[-1], End):
                afters.append(after)
        if self.chance.random() < 0.5:
            choice.otherwise, after = self.block(known, depth + 1)
            if not isinstance(choice.otherwise[-1], End):
                afters.append(after)
        else:
            afters.append(known)
        return choice, _both(known, afters or [known])

    def join(self, known: Known, depth: int) -> tuple[Step, Known]:
        before, between = self.block(known, depth + 1)
        shared, after = self.block(_both(known, [known, between]), depth + 1)
        if isinstance(before[-1], End):
            before.pop()
        if not before:
            before = [Wait(self.name())]
        choice = Choice(self.name(), [(self.boolean(known, 2), shared)], before, joins=True)
        return choice, _both(known, [known, after])

    def loop(self, known: Known, depth: int) -> tuple[Step, Known]:
        counter = self.name()
        count = ("default", ("result", counter, ("n",)), ("number", 0))
        body: Block = [Task(counter, ("object", (("round", count),)))]
        inside = known.also(counter, "count")
        more, after = self.block(inside, depth + 1)
        body += more
        if isinstance(body[-1], End):
            body.pop()
        again = ("<", ("result", counter, ("n",)), ("number", self.chance.randint(1, 3)))
        if self.chance.random() < 0.3:
            again = ("and", again, self.boolean(after, 1))
        return Loop(self.name(), body, again), _both(known, [after])

    def parallel(self, known: Known, depth: int) -> tuple[Step, Known]:
        name = self.name()
        step = Parallel(name, [self.block(known, depth + 1, ends=True)[0] for _ in range(self.chance.randint(1, 3))])
        return step, self.caught(step, known, known.also(name, "branches"), depth)

    def map(self, known: Known, depth: int, *, distributed: bool) -> tuple[Step, Known]:
        name = self.name()
        step = Map(name, self.rows(known, 1), item=self.chance.choice(PARAMETERS), distributed=distributed)
        if distributed and self.chance.random() < 0.4:
            step.batch = self.chance.randint(1, 2)
        elif self.chance.random() < 0.3:
            step.index = self.chance.choice([each for each in PARAMETERS if each != step.item])
        variables = () if distributed else known.variables  # child executions cannot see an author's own
        items = (*known.items, (name, "batch" if step.batch else "indexed" if step.index else "row"))
        step.body, _ = self.block(Known(known.sure, known.maybe, items, variables, known.error), depth + 1, ends=True)
        kind = "list" if _gives_tasks(step.body) else "any"
        return step, self.caught(step, known, known.also(name, kind), depth)

    # -- expressions ----------------------------------------------------------------------------------------------

    def any(self, known: Known, depth: int) -> Expr:
        """A value of several expressions."""
        kinds = [self.number, self.boolean, self.text, self.rows, self.whole]
        made = [self.chance.choice(kinds)(known, depth) for _ in range(self.chance.randint(1, 3))]
        return ("object", tuple((f"k{i}", each) for i, each in enumerate(made)))

    def whole(self, known: Known, depth: int) -> Expr:
        options: list[Expr] = [("input", ("obj",))]
        options += [("result", name, None) for name, _ in known.sure]
        options += [("default", ("result", name, None), ("text", "none")) for name, _ in known.maybe]
        options += [("item", name, ()) for name, kind in known.items if kind != "batch"]
        for name, kind in known.sure:
            if kind == "list":
                options += [("each", name, "n"), ("each", name, "opt"), ("first", name, "n")]
        options += [("default", ("each", name, "n"), ("text", "no")) for name, kind in known.maybe if kind == "list"]
        if known.error:
            options += [("error", "Error"), ("error", "State")]
        return self.chance.choice(options)

    def tasks(self, known: Known) -> list[tuple[str, bool]]:
        """Tasks whose fields can be read, and whether they ran for certain."""
        found = [(name, True) for name, kind in known.sure if kind == "task"]
        return found + [(name, False) for name, kind in known.maybe if kind == "task"]

    def of_task(self, known: Known, path: tuple[Any, ...], otherwise: Expr) -> Expr | None:
        tasks = self.tasks(known)
        if not tasks:
            return None
        name, sure = self.chance.choice(tasks)
        read: Expr = ("result", name, path)
        return read if sure and path[-1] != "opt" and self.chance.random() < 0.8 else ("default", read, otherwise)

    def number(self, known: Known, depth: int) -> Expr:
        options: list[Option] = [("number", self.chance.randint(-3, 9)), ("input", ("n",))]
        options.append(self.of_task(known, ("n",), ("number", self.chance.randint(0, 9))))
        options.append(self.of_task(known, ("opt",), ("number", self.chance.randint(0, 9))))
        options.append(self.of_task(known, ("obj", "a"), ("input", ("n",))))
        options += [("variable", name) for name in known.variables]
        options += [("index", name) for name, kind in known.items if kind == "indexed"]
        options += [("item", name, ("id",)) for name, kind in known.items if kind != "batch"]
        if depth > 0:

            def number() -> Expr:
                return self.number(known, depth - 1)

            def rows() -> Expr:
                return self.rows(known, depth - 1)

            options += [
                lambda: (self.chance.choice(("+", "-", "*")), number(), number()),
                lambda: ("when", self.boolean(known, depth - 1), number(), number()),
                lambda: ("count_of", rows()),
                lambda: ("sum_ids", rows(), self.chance.choice(PARAMETERS)),
                lambda: ("negative", number()),
                lambda: ("by_hand", tuple(self.chance.sample(PARAMETERS, 2)), number(), number()),
                lambda: ("first_tag", self.rows_read(known), number()),
            ]
        return self.pick(options)

    def boolean(self, known: Known, depth: int) -> Expr:
        options: list[Option] = [("input", ("flag",)), self.of_task(known, ("ok",), ("bool", True))]
        options.append(lambda: ("<", self.number(known, 0), self.number(known, 0)))
        if tasks := [name for name, sure in self.tasks(known) if sure]:
            options.append(lambda: ("has", ("result", self.chance.choice(tasks), ("opt",))))
            options.append(lambda: ("=", ("result", self.chance.choice(tasks), ("opt",)), ("number", 3)))
        if depth > 0:

            def number() -> Expr:
                return self.number(known, depth - 1)

            def boolean() -> Expr:
                return self.boolean(known, depth - 1)

            options += [
                lambda: (self.chance.choice(("and", "or")), boolean(), boolean()),
                lambda: ("not", boolean()),
                lambda: (self.chance.choice(("=", "!=", "<", "<=")), number(), number()),
                lambda: ("=", self.text(known, depth - 1), self.text(known, depth - 1)),
                lambda: ("in", number(), (1, 2, 3)),
            ]
        return self.pick(options)

    def text(self, known: Known, depth: int) -> Expr:
        options: list[Option] = [("text", self.chance.choice(TEXTS)), ("input", ("text",))]
        options.append(self.of_task(known, ("text",), ("text", "none")))
        options.append(self.of_task(known, ("obj", "b", "c"), ("text", "none")))
        if known.error:
            options += [("error", "Error"), ("error", "State")]
        if depth > 0:

            def piece() -> Expr:
                return self.chance.choice((self.text, self.number))(known, depth - 1)

            options.append(lambda: ("joined", self.chance.choice(TEXTS[1:]), piece(), piece()))
            options.append(lambda: ("upper", self.text(known, depth - 1)))
        return self.pick(options)

    def rows_read(self, known: Known) -> Expr:
        options: list[Option] = [("input", ("rows",)), self.of_task(known, ("rows",), ("list", ()))]
        options += [("item", name, ("Items",)) for name, kind in known.items if kind == "batch"]
        return self.pick(options)

    def rows(self, known: Known, depth: int) -> Expr:
        options: list[Option] = [self.rows_read(known)]
        if depth > 0:
            parameter = self.chance.choice(PARAMETERS)
            options.append(lambda: ("filter", self.rows(known, depth - 1), parameter, self.number(known, depth - 1)))
        return self.pick(options)

    def pick(self, options: list[Option]) -> Expr:
        picked = self.chance.choice([each for each in options if each is not None])
        return picked() if callable(picked) else picked


Option: TypeAlias = Expr | Callable[[], Expr] | None
"""An expression, or how to draw it; None where there is none."""


def _both(before: Known, afters: list[Known]) -> Known:
    """What is known where ways meet."""
    sure = tuple(each for each in afters[0].sure if all(each in other.sure for other in afters))
    maybe = dict.fromkeys(each for after in afters for each in (*after.sure, *after.maybe) if each not in sure)
    variables = tuple(name for name in afters[0].variables if all(name in other.variables for other in afters))
    return Known(sure, tuple(maybe), before.items, variables, before.error)


def _gives_tasks(block: Block) -> bool:
    last = block[-1]
    return isinstance(last, Task) and not last.idle and last.output is None and not last.catch


def steps_of(block: Block) -> Iterator[Step]:
    """All steps of a block, those within others too."""
    for step in block:
        yield step
        for inner in inner_blocks(step):
            yield from steps_of(inner)


def inner_blocks(step: Step) -> list[Block]:
    """The blocks within a step."""
    blocks = [handler for _, handler, _ in step.catch]
    match step:
        case Choice():
            blocks += [block for _, block in step.arms if block is not None]
            blocks += [] if step.otherwise is None else [step.otherwise]
        case Loop() | Map():
            blocks.append(step.body)
        case Parallel():
            blocks += step.branches
        case _:
            pass
    return blocks
