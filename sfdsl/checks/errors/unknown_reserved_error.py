"""SF309."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from sfdsl.aws.errors import ERRORS, is_reserved
from sfdsl.checks.errors._handlers import HandlerCheck, handlers
from sfdsl.diagnostics import Diagnostic, Severity, near
from sfdsl.graph import WorkflowGraph


class UnknownReservedError(HandlerCheck):
    """An error name that looks like one of Step Functions' own and is none.

    Why it matters:
        Names that start with `States.` are reserved and matched letter by letter: a misspelt one is never
        raised, so that the retrier or catcher never applies to it.

    Fires on:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Retry": [{"ErrorEquals": ["States.All"]}]}

    Instead:
        {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
         "Retry": [{"ErrorEquals": ["States.ALL"]}]}
    """

    code = "SF309"
    severity = Severity.WARNING

    def run(self, graph: WorkflowGraph) -> Iterator[Diagnostic]:
        """One finding for each name."""
        for handler in handlers(graph):
            for name in handler.names:
                if name[:5].lower() != "state" or is_reserved(name):
                    continue
                meant = _meant(name)
                if not name.startswith("States.") and (meant is None or "." not in name):
                    continue
                message = f"{handler} names {name!r}, which is no error of Step Functions"
                if name.startswith("States.Http.StatusCode"):
                    hint = "there is a name for each status, such as 'States.Http.StatusCode.503'"
                elif meant is not None:
                    hint = f"did you mean {meant!r}?"
                else:
                    hint = f"the names are {', '.join(ERRORS)}"
                yield self.about(handler, message, hint=hint, field="ErrorEquals")


@lru_cache(maxsize=256)
def _meant(name: str) -> str | None:
    return near(name, ERRORS, cutoff=0.8)
