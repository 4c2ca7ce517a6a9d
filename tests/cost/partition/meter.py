"""A meter for plans, and every plan there is: walks the tree of a workflow, event by event, as AWS would bill it.

Shares no code with the product: no flow equations, no distributions, no sequences. A plan is a set of regions; a region
is the set of the names of its states. In Standard a way is followed with its probability and every state entered is
billed; in a child, every combination of times is followed, and its end is billed rounded up to 100 ms.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

from tests.cost.partition.carried import Flow, flows
from tests.cost.partition.structured import Both, Each, Fork, Item, Items, Loop, Step, Stop, head_of, names_of

C = 0.000025
R = 0.000001
S = 0.06 / 3600 / 16
LIMIT = 270_000
CAP = 300_000
MOST_TIMES = 4_000
MOST_PAIRS = 300_000

Plan = frozenset[frozenset[str]]
Ends = dict[tuple[str, int], float]
"""What a run in Express came to: (`on`, `succeeded`, `failed` or `again`; milliseconds) -> probability."""


class TooLong(Exception):
    """A child can take longer than a child may."""


class TooMany(Exception):
    """There are more times than can be walked one by one; of more than 6,001 the product only keeps the mean."""


class TooLarge(Exception):
    """What a child reads cannot be passed to it."""


@lru_cache(maxsize=1)
def _flows(items: Items) -> dict[str, Flow]:
    return flows(items)


@lru_cache(maxsize=10_000)
def fits(items: Items, region: frozenset[str]) -> bool:
    """Whether the data of a region can be passed to it and back."""
    return _flows(items)[next(iter(region))].fits(region)


# -- in Express --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=100_000)
def run_items(items: Items) -> Ends:
    """Every end of some items in Express."""
    ends: Ends = {("on", 0): 1.0}
    for item in items:
        following: Ends = {}
        for (how, ms), p in ends.items():
            if how != "on":
                _put(following, how, ms, p)
                continue
            for (then, more), q in run_item(item).items():
                _put(following, then, ms + more, p * q)
        ends = _checked({end: p for end, p in following.items() if p > 1e-18})
    return ends


def run_item(item: Item) -> Ends:
    match item:
        case Step():
            ends: Ends = {}
            begun = {0: 1.0}  # milliseconds at which an attempt begins -> probability
            for attempt in range(item.retries + 1):
                again: dict[int, float] = {}
                for start, p in begun.items():
                    for ms in item.ms:
                        share = p / len(item.ms)
                        _put(ends, "on", start + ms, share * (1 - item.fails))
                        if not item.fails:
                            continue
                        if attempt < item.retries:
                            later = start + ms + item.pause * 1000 * 2**attempt
                            again[later] = again.get(later, 0.0) + share * item.fails
                        elif item.handler is None:
                            _put(ends, "failed", start + ms, share * item.fails)
                        else:
                            for (how, more), q in run_items(item.handler).items():
                                _put(ends, how, start + ms + more, share * item.fails * q)
                begun = again
            return ends
        case Stop():
            return {("failed" if item.fails else "succeeded", 0): 1.0}
        case Fork():
            ends = {}
            for p, arm in item.arms:
                if p:
                    for (how, ms), q in run_items(arm).items():
                        _put(ends, how, ms, p * q)
            return ends
        case Both():
            return _side_by_side([run_items(branch) for branch in item.branches])
        case Each():
            body = run_items(item.body)
            ends = {("on", 0): 1.0}
            left = item.n
            while left:
                wave = _side_by_side([body] * min(item.width, left))
                left -= min(item.width, left)
                following = {}
                for (how, ms), p in ends.items():
                    for (then, more), q in wave.items():
                        _put(following, "failed" if "failed" in (how, then) else "on", ms + more, p * q)
                ends = following
            return ends
        case Loop():
            ends = {}
            here: Ends = {("on", 0): 1.0}
            body = run_items(item.body)
            while sum(here.values()) > 1e-13:
                following = {}
                for (_, ms), p in here.items():
                    for (how, more), q in body.items():
                        if how != "on":
                            _put(ends, how, ms + more, p * q)
                            continue
                        _put(ends, "on", ms + more, p * q * (1 - item.again))
                        if ms + more <= CAP:
                            _put(following, "on", ms + more, p * q * item.again)
                        else:
                            _put(ends, "on", ms + more, p * q * item.again)
                here = _checked(following)
                _checked(ends)
            return ends


def _side_by_side(branches: list[Ends]) -> Ends:
    """Every combination of ends, taken two branches at a time; what a failure leaves undone takes its time."""
    ends: Ends = {("on", 0): 1.0}
    for branch in branches:
        if len(ends) * len(branch) > MOST_PAIRS:
            raise TooMany
        following: Ends = {}
        for (how, ms), p in ends.items():
            for (then, more), q in branch.items():
                _put(following, "failed" if "failed" in (how, then) else "on", max(ms, more), p * q)
        ends = _checked(following)
    return ends


def _checked(ends: Ends) -> Ends:
    if len(ends) > MOST_TIMES and sum(ms <= CAP for _, ms in ends) > MOST_TIMES:
        raise TooMany
    return ends


def _put(ends: Ends, how: str, ms: int, p: float) -> None:
    if p:
        ends[how, ms] = ends.get((how, ms), 0.0) + p


def seconds_of(ends: Ends) -> float:
    """What Express bills; raises TooLong where a run can take longer than it may."""
    if sum(p for (_, ms), p in ends.items() if ms > LIMIT) > 1e-9:
        raise TooLong
    return sum(p * math.ceil(min(ms, CAP) / 100) / 10 for (_, ms), p in ends.items())


# -- in Standard -------------------------------------------------------------------------------------------------------


class Walk:
    """What one pass through some items in Standard comes to: dollars, and where it ends with which probability."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def items(self, items: Items, follow: str | None, latch: Loop | None = None) -> tuple[float, dict[str, float]]:
        """Walk some items.

        Args:
            items: The items.
            follow: The state that comes after them; None for the end of the flow.
            latch: The loop whose Choice comes after them, if they are its body.
        """
        dollars = 0.0
        alive = {"on": 1.0}
        whole: list[Item | Loop] = [*items, *([latch] if latch is not None else [])]
        position = 0
        while position < len(whole):
            p = alive.pop("on", 0.0)
            last = self._child(whole, position, latch)
            if last is not None:
                part = tuple(whole[position : last + 1])
                after = head_of(tuple(each for each in whole[last + 1 :]), follow)
                if last + 1 == len(whole) - 1 and latch is not None:
                    after = latch.name
                cost, ends = child(part, after, latch)
                position = last + 1
            else:
                item = whole[position]
                if item is latch:
                    cost, ends = C, {"again": latch.again, "on": 1 - latch.again}
                else:
                    rest = tuple(whole[position + 1 :])
                    after = head_of(rest, follow)
                    if latch is not None and position + 1 == len(whole) - 1:
                        after = latch.name
                    cost, ends = self.item(item, after)
                position += 1
            dollars += p * cost
            for how, q in ends.items():
                alive[how] = alive.get(how, 0.0) + p * q
        return dollars, alive

    def _child(self, whole: list[Item], position: int, latch: Loop | None) -> int | None:
        """The last item of the child that begins here, if one does."""
        names: list[str] = []
        for last in range(position, len(whole)):
            item = whole[last]
            names += [item.name] if item is latch else names_of((item,))
            if frozenset(names) in self.plan:
                return last
        return None

    def item(self, item: Item, after: str | None) -> tuple[float, dict[str, float]]:
        """One item of which at least a part stays in Standard."""
        match item:
            case Step():
                attempts = C * sum(item.fails**n for n in range(item.retries + 1))  # each is billed
                fails = item.fails ** (item.retries + 1)
                if item.handler is None:
                    return attempts, {"on": 1 - fails, "failed": fails}
                dollars, ends = self.items(item.handler, after)
                found = {how: fails * p for how, p in ends.items()}
                found["on"] = found.get("on", 0.0) + 1 - fails
                return attempts + fails * dollars, found
            case Stop():
                return C, {"failed" if item.fails else "succeeded": 1.0}
            case Fork():
                total, found = C, {}
                for p, arm in item.arms:
                    dollars, ends = self.items(arm, after)
                    total += p * dollars
                    for how, q in ends.items():
                        found[how] = found.get(how, 0.0) + p * q
                return total, found
            case Both():
                walks = [self.items(branch, None) for branch in item.branches]
                fine = math.prod(1 - ends.get("failed", 0.0) for _, ends in walks)
                return C + sum(dollars for dollars, _ in walks), {"on": fine, "failed": 1 - fine}
            case Each():
                dollars, ends = self.items(item.body, None)
                fine = (1 - ends.get("failed", 0.0)) ** item.n
                return C + item.n * dollars, {"on": fine, "failed": 1 - fine}
            case Loop():
                dollars, ends = self.items(item.body, item.name, item)
                rounds = 1 / (1 - ends.get("again", 0.0))
                found = {how: p * rounds for how, p in ends.items() if how != "again"}
                return rounds * dollars, found


@lru_cache(maxsize=100_000)
def child(part: tuple[Item, ...], after: str | None, latch: Loop | None) -> tuple[float, dict[str, float]]:
    """One Express child: its start, its seconds, and what the parent needs to go on."""
    ends: Ends = {}
    if latch is not None and part[-1] is latch:
        for (how, ms), p in run_items(part[:-1]).items():
            if how == "on":
                _put(ends, "again", ms, p * latch.again)
                _put(ends, "on", ms, p * (1 - latch.again))
            else:
                _put(ends, how, ms, p)
    else:
        ends = run_items(part)
    chances: dict[str, float] = {}
    for (how, _), p in ends.items():
        chances[how] = chances.get(how, 0.0) + p
    dollars = C + R + S * seconds_of(ends) + C * chances.get("failed", 0.0)
    exits = ways_out(part, after, latch)
    if len(exits) > 1:
        dollars += C * (1 - chances.get("failed", 0.0))
        dollars += C * (chances.get("succeeded", 0.0) + (chances.get("on", 0.0) if after is None else 0.0))
    return dollars, chances


def ways_out(part: tuple[Item, ...], after: str | None, latch: Loop | None) -> set[str | None]:
    """Where a run can be left to, whatever its probability."""
    found: set[str | None] = set()
    if latch is not None and part[-1] is latch:
        found.add("again")
    if _can_stop(part):
        found.add(None)
    if not isinstance(part[-1], Stop):
        found.add(after)
    return found


def _can_stop(items: Items) -> bool:
    """Whether a Succeed of the same flow stands somewhere in the items."""
    for item in items:
        match item:
            case Stop():
                if not item.fails:
                    return True
            case Fork():
                if any(_can_stop(arm) for _, arm in item.arms):
                    return True
            case Loop():
                if _can_stop(item.body):
                    return True
            case _:
                pass
    return False


def fit(items: Items, plan: Plan) -> bool:
    """Whether every child of a plan can be given what it reads and hand back what is read later."""
    return all(fits(items, region) for region in plan)


def metered(items: Items, plan: Plan, *, bound: bool = True) -> float:
    """Dollars of one execution with a plan.

    Args:
        items: The workflow.
        plan: Its children.
        bound: Whether a child must be able to get its data.

    Raises:
        TooLong: A child may take too long.
        TooLarge: A child cannot be given what it reads, or it is too much.
    """
    if bound and not fit(items, plan):
        raise TooLarge
    return Walk(plan).items(items, None)[0]


def whole_express(items: Items) -> float:
    """Dollars of one execution as Express; raises TooLong."""
    return R + S * seconds_of(run_items(items))


# -- every plan --------------------------------------------------------------------------------------------------------


def eligible(item: Item) -> bool:
    match item:
        case Step():
            return item.ok and all(map(eligible, item.handler or ()))
        case Fork():
            return all(eligible(each) for _, arm in item.arms for each in arm)
        case Stop():
            return True
        case Both():
            return all(eligible(each) for branch in item.branches for each in branch)
        case Each() | Loop():
            return all(map(eligible, item.body))


def plans(items: Items, latch: Loop | None = None) -> Iterator[Plan]:
    """Every way to cut some siblings into children and Standard states, nested ones included."""
    whole: list[Item] = [*items, *([latch] if latch is not None else [])]
    yield from _plans(whole, 0, latch)


def _plans(whole: list[Item], position: int, latch: Loop | None) -> Iterator[Plan]:
    if position == len(whole):
        yield frozenset()
        return
    item = whole[position]
    for inside in [frozenset()] if item is latch else _inside(item):
        for rest in _plans(whole, position + 1, latch):
            yield inside | rest
    names: list[str] = []
    for last in range(position, len(whole)):
        each = whole[last]
        if each is not latch and not eligible(each):
            return
        if latch is not None and position == 0 and each is latch:
            return  # that is the loop itself
        names += [each.name] if each is latch else names_of((each,))
        for rest in _plans(whole, last + 1, latch):
            yield rest | {frozenset(names)}


def _inside(item: Item) -> Iterator[Plan]:
    match item:
        case Step():
            yield from plans(item.handler or ())
        case Stop():
            yield frozenset()
        case Fork():
            yield from _combined([arm for _, arm in item.arms])
        case Both():
            yield from _combined(list(item.branches))
        case Each():
            yield from plans(item.body)
        case Loop():
            yield from plans(item.body, item)


def _combined(flows: list[Items]) -> Iterator[Plan]:
    if not flows:
        yield frozenset()
        return
    for first in plans(flows[0]):
        for rest in _combined(flows[1:]):
            yield first | rest
