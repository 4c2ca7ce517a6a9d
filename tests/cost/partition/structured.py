"""Structured workflows as trees: drawn at random, written out as ASL, and with every plan for them listed.

Nothing here knows how the product finds its sequences, times or costs.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from typing import Any

from attrs import evolve, frozen

from sfdsl.cost.profile import Profile, StateProfile
from sfdsl.model.workflow import Notes, Workflow
from tests.cost.machines import LAMBDA, TOKEN, choice, task, workflow


@frozen(cache_hash=True)
class Step:
    """A Task.

    Attributes:
        ms: What an attempt may take, all equally likely.
        ok: Whether it can run in Express.
        fails: Probability that an attempt fails; the last one ends the flow, or runs the handler where there is one.
        retries: How often it is tried again: after `pause` seconds, each time twice as long.
        gives: KiB of the variable that it sets; 0 sets none.
        reads: Steps whose variables it reads.
    """

    name: str
    ms: tuple[int, ...]
    ok: bool
    fails: float = 0.0
    handler: tuple[Item, ...] | None = None
    retries: int = 0
    pause: int = 0
    gives: int = 0
    reads: tuple[str, ...] = ()


@frozen(cache_hash=True)
class Fork:
    """A Choice: arms with probabilities; an arm without items leads on."""

    name: str
    arms: tuple[tuple[float, tuple[Item, ...]], ...]


@frozen(cache_hash=True)
class Stop:
    """A Fail or a Succeed at the end of an arm."""

    name: str
    fails: bool


@frozen(cache_hash=True)
class Both:
    """A Parallel."""

    name: str
    branches: tuple[tuple[Item, ...], ...]


@frozen(cache_hash=True)
class Each:
    """An inline Map of n items, `width` at a time."""

    name: str
    n: int
    width: int
    body: tuple[Item, ...]


@frozen(cache_hash=True)
class Loop:
    """Items that are repeated with a probability, which a Choice at their end decides."""

    name: str
    again: float
    body: tuple[Item, ...]


Item = Step | Fork | Stop | Both | Each | Loop
Items = tuple[Item, ...]


def draw(rng: random.Random, states: int) -> Items:
    """A workflow of about so many states."""
    names = (f"S{i}" for i in count())
    left = [states]
    items: list[Item] = []
    while left[0] > 0:
        items.append(_item(rng, names, left, 0))
    return _with_data(rng, _ended(rng, names, left, items), [], [])


def _ended(rng: random.Random, names: Iterator[str], left: list[int], items: list[Item]) -> Items:
    """A whole flow: where a Choice would have to end it, a step comes last."""
    if not items or _decides(items[-1]):
        items.append(_step(rng, names, left, 9))
    return _flat(tuple(items))


def _flat(items: Items) -> Items:
    """The same flow, the only arm of a Choice that goes on taken out of it: it is what follows the Choice."""
    found: list[Item] = []
    for item in items:
        match item:
            case Fork():
                arms = [(p, _flat(arm)) for p, arm in item.arms]
                going = [i for i, (_, arm) in enumerate(arms) if not (arm and isinstance(arm[-1], Stop))]
                if len(going) == 1:
                    p, arm = arms[going[0]]
                    arms[going[0]] = (p, ())
                    found += [evolve(item, arms=tuple(arms)), *arm]
                else:
                    found.append(evolve(item, arms=tuple(arms)))
            case Loop():
                found.append(evolve(item, body=_flat(item.body)))
            case _:
                found.append(item)
    return tuple(found)


def _decides(item: Item) -> bool:
    """Whether a Choice decides what comes after an item."""
    match item:
        case Fork():
            return any(not arm or _decides(arm[-1]) for _, arm in item.arms)
        case Loop():
            return True
        case _:
            return False


_SECONDS = (50, 120, 450, 1000, 3000, 9000, 20_000, 30_000, 60_000, 90_000, 140_000, 250_000)


def _item(rng: random.Random, names: Iterator[str], left: list[int], depth: int) -> Item:
    kind = rng.random()
    if depth >= 3 or left[0] < 3 or kind < 0.6:
        return _step(rng, names, left, depth)
    left[0] -= 1
    name = next(names)
    if kind < 0.8:
        arms = [_some(rng, names, left, depth + 1) for _ in range(rng.choice((2, 2, 3)))]
        if rng.random() < 0.4:
            arms[-1] = ()
        if rng.random() < 0.35 and depth < 2 and left[0] > 0:
            left[0] -= 1
            # Only errors: where an arm ends the flow well, what follows the Choice is one more arm of it.
            arms[0] = (*arms[0], Stop(next(names), True))
        weights = [rng.choice((0.0, 1.0, 1.0, 2.0, 7.0)) for _ in arms]
        total = sum(weights) or 1.0
        weights = [w / total for w in weights] if sum(weights) else [1.0] + [0.0] * (len(arms) - 1)
        return Fork(name, tuple(zip(weights, arms, strict=True)))
    if kind < 0.88:
        return Both(name, tuple(_some(rng, names, left, depth + 1, True) for _ in range(2)))
    if kind < 0.94:
        return Each(name, rng.choice((1, 2, 3)), rng.choice((1, 2, 40)), _some(rng, names, left, depth + 1, True))
    # A loop in a loop, or in one of different times, has more combinations of times than can be walked one by one.
    return Loop(name, rng.choice((0.11, 0.3, 0.5)), _steady(_some(rng, names, left, depth + 1, True)))


def _steady(items: Items) -> Items:
    """The items with one time each, tried twice at most, and their loops run once."""
    found: list[Item] = []
    for item in items:
        match item:
            case Step():
                handler = item.handler and _steady(item.handler)
                found.append(evolve(item, ms=item.ms[:1], retries=min(1, item.retries), handler=handler))
            case Fork():
                found.append(evolve(item, arms=tuple((p, _steady(arm)) for p, arm in item.arms)))
            case Loop():
                found += _steady(item.body)
            case Both():
                found.append(evolve(item, branches=tuple(_steady(branch) for branch in item.branches)))
            case Each():
                found.append(evolve(item, body=_steady(item.body)))
            case _:
                found.append(item)
    return tuple(found)


def _step(rng: random.Random, names: Iterator[str], left: list[int], depth: int) -> Step:
    left[0] -= 1
    values = rng.choices(_SECONDS, weights=(9, 9, 9, 9, 9, 6, 6, 4, 3, 3, 2, 1), k=rng.choice((1, 1, 1, 2)))
    fails, handler = (0.0, None) if rng.random() < 0.8 else (rng.choice((0.012, 0.2)), None)
    retries = rng.choice((0, 1, 2)) if fails else 0
    name = next(names)
    ok = rng.random() < 0.78
    if fails and ok and left[0] > 0 and depth < 3 and rng.random() < 0.5:
        left[0] -= 1
        handler = (Step(next(names), (rng.choice(_SECONDS[:5]),), True),)
    return Step(name, tuple(values), ok, fails, handler, retries, rng.choice((1, 5, 60)) if retries else 0)


def _with_data(rng: random.Random, items: Items, sure: list[str], unsure: list[str]) -> Items:
    """The same items with variables set and read, in two of three workflows.

    Args:
        rng: Decides.
        items: Of one sequence.
        sure: Steps whose variables have a value here; those of this sequence are added.
        unsure: Steps whose variables may have one here; the same.
    """
    return items if not sure and not unsure and rng.random() < 0.33 else _given(rng, items, sure, unsure)


def _given(rng: random.Random, items: Items, sure: list[str], unsure: list[str]) -> Items:
    found: list[Item] = []
    for item in items:
        here, maybe = list(sure), list(unsure)
        match item:
            case Step():
                handler = item.handler and _given(rng, item.handler, list(sure), maybe)
                reads = [name for name in sure if rng.random() < 0.3] + [name for name in unsure if rng.random() < 0.05]
                gives = rng.choice((1, 60, 100, 200)) if rng.random() < 0.4 and not item.handler else 0
                found.append(evolve(item, handler=handler, gives=gives, reads=tuple(dict.fromkeys(reads))))
                unsure += [name for name in maybe if name not in unsure]
                sure += [item.name] if gives else []
            case Fork():
                arms = []
                for p, arm in item.arms:
                    own, lost = list(here), list(unsure)
                    arms.append((p, _given(rng, arm, own, lost)))
                    maybe += [name for name in (*own, *lost) if name not in maybe and name not in here]
                found.append(evolve(item, arms=tuple(arms)))
                unsure += [name for name in maybe if name not in unsure]
            case Both():  # what a branch sets is not seen outside
                branches = tuple(_given(rng, branch, list(sure), list(unsure)) for branch in item.branches)
                found.append(evolve(item, branches=branches))
            case Each():
                found.append(evolve(item, body=_given(rng, item.body, list(sure), list(unsure))))
            case Loop():
                found.append(evolve(item, body=_given(rng, item.body, sure, unsure)))
            case Stop():
                found.append(item)
    return tuple(found)


def _some(rng: random.Random, names: Iterator[str], left: list[int], depth: int, one: bool = False) -> Items:
    items: list[Item] = []
    for _ in range(rng.choice((1, 1, 2, 3))):
        if left[0] > 0:
            items.append(_item(rng, names, left, depth))
    return _ended(rng, names, left, items) if one else tuple(items)


def every_item(items: Items) -> Iterator[Item]:
    """All items, nested ones included."""
    for item in items:
        yield item
        match item:
            case Step():
                yield from every_item(item.handler or ())
            case Fork():
                for _, arm in item.arms:
                    yield from every_item(arm)
            case Both():
                for branch in item.branches:
                    yield from every_item(branch)
            case Each() | Loop():
                yield from every_item(item.body)
            case Stop():
                pass


@lru_cache(maxsize=100_000)
def names_of(items: Items) -> list[str]:
    """All states of some items, nested ones of Parallels and Maps not included: those of the same flow."""
    found: list[str] = []
    for item in items:
        match item:
            case Step():
                found.append(item.name)
                found += names_of(item.handler or ())
            case Fork():
                found.append(item.name)
                for _, arm in item.arms:
                    found += names_of(arm)
            case Stop() | Both() | Each():
                found.append(item.name)
            case Loop():
                found += [*names_of(item.body), item.name]
    return found


def head_of(items: Items, follow: str | None) -> str | None:
    """The state that some items begin with."""
    if not items:
        return follow
    first = items[0]
    return head_of(first.body, first.name) if isinstance(first, Loop) else first.name


def written(items: Items) -> Workflow:
    """The workflow of a tree, with the notes that allow Express; see `traffic` for its times."""
    states: dict[str, Any] = {}
    notes: dict[str, Notes] = {}
    _write(items, None, states, notes)
    return workflow(states, start=head_of(items, None), notes=notes, name="structured")


def traffic(items: Items) -> Profile:
    """The times, probabilities and failures of a tree."""
    found: dict[str, StateProfile] = {}
    _traffic(items, None, found)
    return Profile(states=found)


def _on(follow: str | None) -> dict[str, Any]:
    return {"End": True} if follow is None else {"Next": follow}


def _write(items: Items, follow: str | None, states: dict[str, Any], notes: dict[str, Notes]) -> None:
    for i, item in enumerate(items):
        after = head_of(items[i + 1 :], follow)
        match item:
            case Step():
                fields: dict[str, Any] = {"Arguments": {name: f"{{% $v{name} %}}" for name in item.reads}}
                if item.gives:
                    fields["Assign"] = {f"v{item.name}": "{% $states.result %}"}
                if item.retries:
                    retrier = {
                        "ErrorEquals": ["States.ALL"],
                        "IntervalSeconds": item.pause,
                        "MaxAttempts": item.retries,
                    }
                    fields["Retry"] = [retrier]
                states[item.name] = task(LAMBDA if item.ok else TOKEN, **fields, **_on(after))
                if item.handler is not None:
                    handler = head_of(item.handler, after)
                    states[item.name]["Catch"] = [{"ErrorEquals": ["States.ALL"], "Next": handler}]
                    _write(item.handler, after, states, notes)
                notes[item.name] = Notes(idempotent=True)
            case Fork():
                targets = []
                for _, arm in item.arms:
                    targets.append(str(head_of(arm, after)))
                rules = [(f"{{% $states.input.x = {n} %}}", target) for n, target in enumerate(targets[:-1])]
                states[item.name] = choice(*rules, default=targets[-1])
                for _, arm in item.arms:
                    _write(arm, after, states, notes)
            case Stop():
                states[item.name] = {"Type": "Fail"} if item.fails else {"Type": "Succeed"}
            case Both():
                states[item.name] = {
                    "Type": "Parallel",
                    "Branches": [_flow(b, notes) for b in item.branches],
                    **_on(after),
                }
            case Each():
                body = _flow(item.body, notes)
                items_ = list(range(item.n))
                states[item.name] = {
                    "Type": "Map", "Items": items_, "MaxConcurrency": item.width, "ItemProcessor": body, **_on(after)
                }  # fmt: skip
            case Loop():
                _write(item.body, item.name, states, notes)
                first = str(head_of(item.body, item.name))
                states[item.name] = choice(("{% $states.input.again %}", first), default=after)


def _flow(items: Items, notes: dict[str, Notes]) -> dict[str, Any]:
    states: dict[str, Any] = {}
    _write(items, None, states, notes)
    return {"StartAt": head_of(items, None), "States": states}


def _traffic(items: Items, follow: str | None, found: dict[str, StateProfile]) -> None:
    for i, item in enumerate(items):
        after = head_of(items[i + 1 :], follow)
        match item:
            case Step():
                failures = {"": item.fails} if item.fails else {}
                found[item.name] = StateProfile(
                    durations=tuple(ms / 1000 for ms in item.ms), failures=failures,
                    payload_bytes=item.gives * 1024 if item.gives else None,
                )  # fmt: skip
                _traffic(item.handler or (), after, found)
            case Fork():
                ways: dict[str, float] = {}
                for p, arm in item.arms:
                    target = str(head_of(arm, after))
                    ways[target] = ways.get(target, 0.0) + p
                    _traffic(arm, after, found)
                found[item.name] = StateProfile(next=ways)
            case Both():
                for branch in item.branches:
                    _traffic(branch, None, found)
            case Each():
                _traffic(item.body, None, found)
            case Loop():
                _traffic(item.body, item.name, found)
                ways = {str(head_of(item.body, item.name)): item.again, str(after): 1 - item.again}
                found[item.name] = StateProfile(next=ways)
            case Stop():
                pass
