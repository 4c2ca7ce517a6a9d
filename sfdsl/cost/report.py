"""What `sfdsl cost` prints: before and after, what saved what and why it is safe, what an assertion would unlock."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from sfdsl.cost.analysis import Analysis, Saving
from sfdsl.cost.estimate import Estimate
from sfdsl.cost.knowledge import Assumption
from sfdsl.cost.partition.blockers import UNLOCKS, Blocker, Reason
from sfdsl.cost.partition.plan import Unlock
from sfdsl.cost.partition.runs import Return
from sfdsl.model.workflow import MachineType

_NOTHING = ", and nothing to save"
MOST = 12
"""Entries of a list that the text shows; the JSON has all of them."""


def as_text(analysis: Analysis) -> str:
    """The report for people; ends in a newline."""
    parts = [
        _headline(analysis),
        _table(analysis),
        _done(analysis),
        _unlocks(analysis),
        _sizes(analysis),
        _left(analysis),
        _stays(analysis),
        _spent(analysis),
        _assumed(analysis),
        _prices(analysis.before),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def change(analysis: Analysis, before: float) -> str:
    """One line: how the expected transitions of a deployed machine change, and what an execution costs now."""
    name, after = analysis.workflow.name, analysis.after.transitions
    now = f"{dollars(analysis.dollars_after * 1000)} per 1,000 executions"
    if abs(after - before) < 1e-9:
        return f"{name}: {after:,.2f} state transitions as before, {now}"
    return f"{name}: {before:,.2f} -> {after:,.2f} state transitions, {now}"


def overview(analyses: Sequence[Analysis]) -> str:
    """Several workflows, a line each, and their sum where the traffic of all is known; ends in a newline."""
    rows: list[tuple[str, ...]] = [("", "type", "per 1,000 executions", "after", "", "a month", "after")]
    for each in analyses:
        before, after, month = each.dollars_before, each.dollars_after, each.month
        kind = each.plan.type.value.lower()
        children = len(each.outlined.children)
        rows.append(
            (
                each.workflow.name,
                f"{kind}, {_count(children, 'child', 'children')}" if children else kind,
                *_thousand(before, after),
                _percent(before, after) if _less(after, before) else "",
                *(("", "") if month is None else (dollars(month[0]), dollars(month[1]))),
            )
        )
    months = [each.month for each in analyses]
    known = [month for month in months if month is not None]
    if known and len(known) == len(months):
        total = [dollars(sum(month[i] for month in known)) for i in (0, 1)]
        rows.append(("together", "", "", "", "", *total))
    return _columns(rows) + "\n"


@frozen(kw_only=True)
class PageSection:
    """What the page of a pipeline says of its costs: texts as people read them, without markup."""

    columns: tuple[str, ...]
    figures: tuple[tuple[str, ...], ...]
    improvements: tuple[tuple[str, tuple[str, ...]], ...]
    children: tuple[str, ...]
    blocked: tuple[str, ...]
    assumptions: tuple[str, ...]
    prices: tuple[str, ...]


def page_section(analysis: Analysis) -> PageSection:
    """What the page of a pipeline says of its costs."""
    return PageSection(
        columns=_COLUMNS,
        figures=tuple(_plain(row) for row in figures(analysis)),
        improvements=tuple((title, tuple(details)) for title, details in improvements(analysis)),
        children=tuple(child.workflow.name for child in analysis.outlined.children),
        blocked=tuple(not_express(analysis)) if analysis.workflow.auto else (),
        assumptions=tuple(assumed(analysis.assumptions)),
        prices=analysis.before.prices.remarks,
    )


def _plain(row: tuple[str, ...]) -> tuple[str, ...]:
    """A row without dollar signs, which Markdown may take for formulas."""
    label, *cells = row
    if not any("$" in cell for cell in cells):
        return row
    return f"{label}, in dollars", *(cell.replace("$", "") for cell in cells)


def dollars(amount: float) -> str:
    """An amount as people read it: cents where there are some, else three digits that count.

    >>> dollars(1234.5), dollars(0.0421), dollars(0.0000127)
    ('$1,234.50', '$0.0421', '$0.0000127')
    """
    size = abs(amount)
    sign = "-" if amount < 0 else ""
    if size == 0:
        return "$0"
    if size >= 1:
        return f"{sign}${size:,.2f}"
    digits = 2
    while round(size, digits) < 10 ** (2 - digits) and digits < 15:
        digits += 1
    return f"{sign}${size:.{digits}f}"


def _rate(analysis: Analysis, amount: float) -> str:
    """Dollars a month where the traffic is known, else for 1,000 executions."""
    if analysis.executions_per_month is not None:
        return f"{dollars(amount * analysis.executions_per_month)} a month"
    return f"{dollars(amount * 1000)} per 1,000 executions"


def _headline(analysis: Analysis) -> str:
    before, after = analysis.dollars_before, analysis.dollars_after
    name = analysis.workflow.name
    month = analysis.month
    if month is not None:
        then, now = month
        count = f"{analysis.executions_per_month:,.0f} executions"
        told = f"{name}: {dollars(then)} a month for {count}"
        return told + (
            f", {dollars(now)} after ({_percent(then, now)})" if _less(now, then) else ", and nothing to save"
        )
    told = f"{name}: {dollars(before * 1000)} per 1,000 executions"
    return told + (f", {dollars(after * 1000)} after ({_percent(before, after)})" if _less(after, before) else _NOTHING)


def _less(after: float, before: float) -> bool:
    return after < before * (1 - 1e-9)


def _percent(before: float, after: float) -> str:
    return "0 %" if before <= 0 else f"{100 * (after / before - 1):+.1f} %".replace("+0.0", "0.0")


def _table(analysis: Analysis) -> str:
    return _columns([("", *_COLUMNS), *figures(analysis)])


_COLUMNS = ("as declared", "as compiled", "least, ending well", "most")


def figures(analysis: Analysis) -> list[tuple[str, ...]]:
    """What it takes and costs: what, as declared, as compiled, and as declared at least and at most."""
    before, after, plan = analysis.before, analysis.after, analysis.plan
    low, high = before.extremes.transitions
    quick, slow = before.extremes.seconds
    cheap, dear = before.dollars_range
    rows: list[tuple[str, ...]] = []
    if before.type is MachineType.STANDARD:
        compiled = f"{after.transitions:,.2f}" if after.type is MachineType.STANDARD else "none: Express"
        rows.append(("state transitions", f"{before.transitions:,.2f}", compiled, f"{low:,.0f}", f"{high:,.0f}"))
    rows.append(("time", _time(before.seconds), _time(after.seconds), _time(quick), _time(slow)))
    rows.append(("Step Functions, per 1,000 executions", *_thousand(before.workflow_dollars, plan.after, cheap, dear)))
    if plan.bound is not None:
        gap = plan.gap
        proof = "" if gap is None else ("the best there is" if gap < 1e-9 else f"within {gap:.2%} of the best")
        rows.append(("no plan costs less than", "", *_thousand(plan.bound), proof, ""))
    if any(analysis.others):
        rows.append(("other services, per 1,000 executions", *_thousand(*analysis.others), "", ""))
    if (month := analysis.month) is not None and analysis.executions_per_month is not None:
        count = f"{analysis.executions_per_month:,.0f} executions"
        rows.append((f"a month of {count}", dollars(month[0]), dollars(month[1]), "", ""))
    return rows


def _thousand(*amounts: float) -> tuple[str, ...]:
    return tuple(dollars(amount * 1000) for amount in amounts)


def _done(analysis: Analysis) -> str:
    lines = [line for title, details in improvements(analysis) for line in (f"  {title}", *_indented(details))]
    return "What lowers it\n" + "\n".join(lines) if lines else ""


def _indented(details: Sequence[str]) -> list[str]:
    return [f"    {detail}" for detail in details[:MOST]] + _more(len(details))


def improvements(analysis: Analysis) -> list[tuple[str, list[str]]]:
    """What lowers the cost: what each saves, and why it is safe, by state."""
    found: dict[str, list[Saving]] = {}
    for saving in analysis.savings:
        found.setdefault(f"{saving.rewrite} ({saving.number})", []).append(saving)
    told: list[tuple[str, list[str]]] = []
    for what, savings in found.items():
        transitions = sum(saving.transitions for saving in savings)
        worth = f"saves {transitions:,.2f} transitions, {_rate(analysis, sum(each.dollars for each in savings))}"
        details = [
            f"{f'without {_names(each.removed)}' if each.removed else f'in {_names(each.states)}'}: "
            f"{'; '.join(reason.value for reason in each.because)}"
            for saving in savings
            for each in saving.evidence
        ]
        told.append((f"{what}: {worth if transitions > 1e-12 else 'a smaller definition'}", details))
    if analysis.plan.type is not analysis.workflow.type:
        told.append((f"type {analysis.plan.type.value}: saves {_rate(analysis, analysis.plan.saved)}", []))
    for child in analysis.outlined.children:
        region = child.region
        title = (
            f"Express child {child.workflow.name}: saves {_rate(analysis, region.before - region.after)}; "
            f"{_count(len(region.states), 'state')}, {_time(region.billed_seconds)} billed, {region.chunks * 64} MB"
        )
        told.append((title, [f"{_names(region.states)}; {_RETURNS[region.returns]}"]))
    for change in analysis.plan.children:
        told.append((f"children of {change.state!r} as {change.after}: saves {_rate(analysis, change.saved)}", []))
    for each in analysis.plan.batched:
        less = _rate(analysis, each.before - each.after)
        told.append(
            (
                f"{each.state!r} in batches (R18): {less} less than item by item at best",
                [
                    f"{_count(each.size, 'item')} a batch, {_count(each.children, 'child', 'children')} at a time with "
                    f"{_count(each.width, 'item')} at a time each"
                ],
            )
        )
    return told


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


_RETURNS = {
    Return.PLAIN: "it is left to one place, so that asking where costs nothing",
    Return.RAISE: "errors that are caught outside come back as errors",
    Return.TAGGED: "a Choice asks where it ended, which is counted",
}


def _unlocks(analysis: Analysis) -> str:
    lines = [f"  {_unlock(each)}: saves {_rate(analysis, each.saved)}" for each in analysis.plan.unlocks[:MOST]]
    return "What an assertion would unlock\n" + "\n".join(lines + _more(len(analysis.plan.unlocks))) if lines else ""


def _unlock(each: Unlock) -> str:
    if not each.states:
        return each.hint
    if each.hint == UNLOCKS[Reason.NOT_IDEMPOTENT]:
        return f"mark {_names(each.states)} idempotent"
    return f"{_names(each.states)}: {each.hint}"


def _sizes(analysis: Analysis) -> str:
    lines = []
    for each in analysis.sized.advice:
        saved = each.saved * analysis.before.entries.get(each.state, 0.0)
        caveat = f", if {each.caveat}" if each.caveat else ""
        lines.append(f"  {each.state!r}: {each.change}{caveat}: saves {_rate(analysis, saved)} ({each.basis})")
    lines += [f"  {state!r}: {problem}" for state, problem in analysis.sized.problems]
    return "What other sizes would save\n" + "\n".join(lines) if lines else ""


def _left(analysis: Analysis) -> str:
    found: dict[str, list[str]] = {}
    for each in analysis.refusals:
        found.setdefault(f"{each.hazard.value} ({each.rewrite})", []).append(each.state)
    lines = [f"  {_names(list(dict.fromkeys(states)))}: {reason}" for reason, states in found.items()]
    return "What was left as it is\n" + "\n".join(lines[:MOST] + _more(len(lines))) if lines else ""


def _stays(analysis: Analysis) -> str:
    lines = [f"  {reason}" for reason in not_express(analysis)]
    return "What cannot run in Express\n" + "\n".join(lines) if lines else ""


def not_express(analysis: Analysis) -> list[str]:
    """Why states, or the whole, do not run in Express; states with the same reason stand together."""
    plan = analysis.plan
    if plan.type is MachineType.EXPRESS:
        return []
    own: dict[str, list[Blocker]] = {}
    for state, found in plan.blockers.items():
        for each in found:
            if each.state == state:
                own.setdefault(f"{each.reason.value}{f'; {each.hint}' if each.hint else ''}", []).append(each)
    lines = [f"{_names([each.state for each in found])}: {reason}" for reason, found in own.items()]
    return lines if plan.blockers or not plan.whole else [f"as a whole: {'; '.join(plan.whole)}"]


def _spent(analysis: Analysis) -> str:
    total = analysis.before.dollars
    if total <= 0:
        return ""
    grouped: dict[tuple[str, str], float] = {}
    for line in analysis.before.lines:
        grouped[line.what, line.state] = grouped.get((line.what, line.state), 0.0) + line.dollars
    found = sorted(grouped.items(), key=lambda entry: -entry[1])
    rows = [
        (f"  {what}", state or "the execution", _rate(analysis, amount), f"{amount / total:.1%}")
        for (what, state), amount in found[:MOST]
    ]
    return "Where the money goes\n" + _columns(rows) + "".join("\n" + line for line in _more(len(found)))


def _assumed(analysis: Analysis) -> str:
    lines = [f"  {each}" for each in assumed(analysis.assumptions)]
    shown = 3 * MOST
    return "Assumptions\n" + "\n".join(lines[:shown] + _more(len(lines), shown)) if lines else ""


def assumed(assumptions: Sequence[Assumption]) -> list[str]:
    """What figures rest on; states of which the same is taken to be so stand together."""
    grouped: dict[str, list[str]] = {}
    for each in assumptions:
        told = f"{each.what} ({each.source}){f'; {each.hint}' if each.hint else ''}"
        grouped.setdefault(told, []).append(each.state)
    lines = []
    for told, states in grouped.items():
        named = [state for state in states if state]
        lines.append(f"{_names(named)}: {told}" if named else told)
    return lines


def _prices(before: Estimate) -> str:
    return "Prices\n" + "\n".join(f"  {remark}" for remark in before.prices.remarks)


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.4g} s"
    if seconds < 7200:
        return f"{seconds / 60:.3g} min"
    return f"{seconds / 3600:.3g} h" if seconds < 172_800 else f"{seconds / 86_400:.3g} days"


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:6])
    return shown if len(names) <= 6 else f"{shown} and {len(names) - 6} more"


def _more(count: int, shown: int = MOST) -> list[str]:
    return [f"  and {count - shown} more; --format json has them all"] if count > shown else []


def _columns(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
