"""A result with a default may be read where its step did not run: its variable has to be there all the same."""

from __future__ import annotations

from sfdsl.dsl.lower.scopes import LoweredScope
from sfdsl.dsl.steps import Choice, Raw, Step


class Standby:
    """That the variable of a step's result is set, to nothing, before the ways part.

    Attributes:
        producer: The step.
        scope: Where it is.
        readers: The steps that read the result although it may not be there.
    """

    def __init__(self, producer: Step, scope: LoweredScope) -> None:
        self.producer = producer
        self.scope = scope
        self.readers: dict[Step, None] = {}

    def place(self) -> tuple[Step, bool] | None:
        """The nearest step that the producer and all readers come after, and that the producer never leads back to.

        A Choice would have to assign in each of its rules, so another step is preferred. The second part says whether
        readers also come after it when it fails, so that its catchers have to assign as well. None where only a state
        before the first one could do it.
        """
        scope, graph = self.scope, self.scope.graph
        producer = scope.key(self.producer)
        readers = [scope.key(reader) for reader in self.readers]
        choice: Step | None = None
        for key in graph.dominators(producer):
            step = scope.by_key[key]
            if step.terminal or isinstance(step, Raw) or scope.in_one_loop(step, self.producer):
                continue
            if not all(reader != key and graph.entered_before(key, reader) for reader in readers):
                continue
            if not isinstance(step, Choice):
                return step, not all(graph.completes_before(key, reader) for reader in readers)
            choice = choice or step
        return None if choice is None else (choice, False)
