"""SF110."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sfdsl.checks.base import Check
from sfdsl.diagnostics import Diagnostic, Severity
from sfdsl.graph import WorkflowGraph

# White space other than single blanks within the name, control and invisible characters, and what shells, queries
# and patterns of metric filters give a meaning. Blanks, `?`, `/`, `:`, `,`, `&` and `;` are common and harmless.
_AWKWARD = re.compile(
    r"^\s|\s$|\s\s|[^\S ]"
    r"|[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufffe\uffff]"
    r"|[\"\\`<>{}\[\]*%#^|~$]"
)


class AwkwardStateName(Check):
    """A state whose name has characters that are a nuisance wherever it is looked for.

    Why it matters:
        The name stands in every event of the history and in the logs. Quotes, brackets, wildcards and the
        like have a meaning of their own in log queries, metric filters and shells; a blank at the end, a doubled
        blank or an invisible character is overlooked, and the search finds nothing.

    Fires on:
        {"StartAt": "Load ", "States": {"Load ": {"Type": "Succeed"}}}

    Instead:
        {"StartAt": "Load", "States": {"Load": {"Type": "Succeed"}}}
    """

    code = "SF110"
    severity = Severity.INFO

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each state."""
        for _, state in graph.states():
            found = _AWKWARD.search(state.name)
            if found is None or "${" in state.name:
                continue
            text = found[0]
            if not text.isspace():
                what = repr(text) if text.isprintable() else f"the invisible character U+{ord(text[0]):04X}"
            elif found.start() == 0:
                what = "white space at its start"
            elif found.end() == len(state.name):
                what = "white space at its end"
            else:
                what = "a doubled blank" if text == "  " else f"the white space U+{ord(text[0]):04X}"
            better = re.sub(r"\s+", " ", _AWKWARD.sub(" ", state.name)).strip()
            hint = f"rename it to {better!r}" if better else "use letters, digits, blanks, `-` and `_`"
            yield self.at(state, f"the name of state {state.name!r} has {what}", hint=hint)
