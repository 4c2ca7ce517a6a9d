"""SF426."""

from __future__ import annotations

from collections.abc import Iterator

from sfdsl.aws import quotas
from sfdsl.checks.base import Check
from sfdsl.checks.limits._common import amount
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph
from sfdsl.model.states import Fail


class FailTextTooLong(Check):
    """A Fail whose literal error or cause is longer than Step Functions keeps.

    Why it matters:
        An error has 256 characters at most, a cause 32,768; Step Functions takes no longer one.

    Fires on:
        {"Type": "Fail", "Error": "x * 300"}

    Instead:
        {"Type": "Fail", "Error": "RowsUncorrectable", "Cause": "x * 300"}
    """

    code = "SF426"
    severity = Severity.ERROR

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """Every Fail with a literal text over its quota."""
        for _, state in graph.states():
            if not isinstance(state, Fail):
                continue
            for key, text, quota in (
                ("Error", state.error, quotas.FAIL_ERROR_CHARACTERS),
                ("Cause", state.cause, quotas.FAIL_CAUSE_CHARACTERS),
            ):
                if text is not None and len(text) > quota.limit and not text.startswith("{%"):
                    yield self.at(
                        state,
                        f"{key} of state {state.name!r} has {amount(len(text), 'character')}; it has "
                        f"{amount(quota.limit, 'character')} at most",
                        hint="shorten it" + (", and put what happened into Cause" if key == "Error" else ""),
                        field=key,
                    )
