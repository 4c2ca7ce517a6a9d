"""Bills that AWS published: as published, as the estimate recomputes them, and what the cost rules make of them.

Usage: `python -m benchmarks.published`. The machines are those of `tests/cost`, the prices those of us-east-1.
"""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.compile import Costing, compile_pipeline
from sfdsl.cost.analysis import Analysis
from sfdsl.cost.estimate import STEP_FUNCTIONS, estimate
from sfdsl.cost.partition.plan import choose
from sfdsl.cost.prices import load
from sfdsl.cost.profile import Profile
from sfdsl.cost.rewrites import rewrite
from sfdsl.cost.sizing.batches import batches
from sfdsl.dsl.pipeline import Pipeline
from sfdsl.model.workflow import Notes
from tests.cost.ecommerce import by_callbacks, by_polling
from tests.cost.machines import distributed, express, naive, sign_up, task, workflow

Row = tuple[str, str, str, str]
BATCHES = (
    (100, 28, 37.5, 27.59), (200, 32, 18.75, 14.84), (400, 62, 9.38, 11.33), (500, 74, 7.5, 10.31),
    (600, 90, 6.25, 9.98), (800, 120, 4.69, 9.44), (1000, 150, 3.75, 9.12),
)  # fmt: skip
"""Items of a batch, seconds of a child, and the published dollars with Standard and with Express children."""


def ecommerce() -> Iterator[Row]:
    prices = load(overrides={"start_end_surcharge": 2})
    polled = estimate(naive(), prices=prices).workflow_dollars
    polling = analysis(by_polling())
    yield (
        "B1 Standard, 17 transitions; $ per 1,000", "0.42", f"{polled * 1000:.5f}",
        f"{polling.plan.after * 1000:.5f} ({len(polling.plan.regions)} Express children)",
    )  # fmt: skip
    whole = express(workflow({"All": task(End=True)}, notes={"All": Notes(duration=11.3)}))
    yield "B1 Express, 11.3 s; $ per 1,000", "0.01", f"{estimate(whole).workflow_dollars * 1000:.5f}", ""
    child = express(workflow({"All": task(End=True)}, notes={"All": Notes(duration=1.3)}))
    nested = 8 * prices.transition + estimate(child).workflow_dollars
    ours = analysis(by_callbacks())
    yield (
        "B1 nested, callbacks; $ per 1,000", "0.20", f"{nested * 1000:.5f}",
        f"{ours.plan.after * 1000:.5f} (without children {ours.before.workflow_dollars * 1000:.5f})",
    )  # fmt: skip


def analysis(pipeline: Pipeline) -> Analysis:
    costing = Costing(prices=load(overrides={"start_end_surcharge": 2}))
    found = compile_pipeline(pipeline, costing=costing, emitting=True).analysis
    assert found is not None
    return found


def children() -> Iterator[Row]:
    for size, seconds, standard, by_express in BATCHES:
        found = [
            estimate(distributed(50_000_000, size, kind, seconds)).workflow_dollars - load().transition
            for kind in ("STANDARD", "EXPRESS")
        ]
        plan = choose(distributed(50_000_000, size, "STANDARD", seconds), unlocking=False)
        chosen = plan.children[0].after if plan.children else "STANDARD"
        yield (
            f"B3 batches of {size}; $ Standard / Express", f"{standard:.2f} / {by_express:.2f}",
            f"{found[0]:.2f} / {found[1]:.2f}", f"{plan.after - load().transition:.2f} ({chosen})",
        )  # fmt: skip
    best = min(batches(50_000_000, [row[:2] for row in BATCHES], 2, load()), key=lambda row: row.dollars)
    yield "B3 the least of the table; $", "3.75", "3.75", f"{best.dollars:.2f} ({best.kind}, {best.size})"


def pricing_page() -> Iterator[Row]:
    whole = express(
        workflow({"All": task("arn:aws:states:::sns:publish", End=True)}, notes={"All": Notes(duration=10)})
    )
    found = estimate(whole, Profile(executions_per_month=100e6))
    services = 100e6 * sum(line.dollars for line in found.lines if line.what not in STEP_FUNCTIONS)
    month = found.month or 0.0
    yield "B6 100 million Express runs; $ a month", "482.97", f"{month - services:.3f}", ""


def kyc() -> Iterator[Row]:
    before, after = (estimate(each).extremes.transitions for each in (sign_up(), rewrite(sign_up()).workflow))
    yield "B8 transitions on approve / deny", "7 / 5", f"{before[1]:g} / {before[0]:g}", f"{after[1]:g} / {after[0]:g}"


def main() -> None:
    rows = [
        ("case", "published", "recomputed", "ours"),
        *ecommerce(), *children(), *pricing_page(), *kyc(),
    ]  # fmt: skip
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


if __name__ == "__main__":
    main()
