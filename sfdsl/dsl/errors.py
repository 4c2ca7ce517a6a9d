"""What an author's constructor refuses."""

from __future__ import annotations

from sfdsl.origin import Origin, here


class DeclarationError(TypeError):
    """A declaration cannot be as it is written; carries the author's line and what to write instead."""

    def __init__(self, message: str, hint: str = "", origin: Origin | None = None) -> None:
        super().__init__(f"{message}; {hint}" if hint else message)
        self.message = message
        self.hint = hint
        self.origin = origin if origin is not None else here()
