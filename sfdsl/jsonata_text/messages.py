"""What is said of an expression that is not JSONata, from the faults that jsonata-python finds."""

from __future__ import annotations

import re
from typing import Any

from sfdsl.jsonata_text.nodes import Problem

STRINGS = r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|/\*.*?\*/"""
"""Strings, quoted names and comments, as a part of a pattern in DOTALL mode."""


_MESSAGES: dict[str, tuple[str, str]] = {
    "S0101": ("a string is not closed", "add the closing quote"),
    "S0102": ("the number {token} is out of range", ""),
    "S0103": ("the escape \\{token} is not known", 'write " \\\\ \\/ \\b \\f \\n \\r \\t or \\uXXXX after a backslash'),
    "S0104": ("\\u must be followed by four hexadecimal digits", ""),
    "S0105": ("a name in backquotes is not closed", "add `"),
    "S0106": ("a comment is not closed", "add */"),
    "S0201": ("{token} is not expected here", "put an operator or a comma before it, or take it away"),
    "S0202": ("{token} stands where {expected} is expected", ""),
    "S0203": ("the expression ends where {expected} is expected", "add {expected}"),
    "S0204": ("{token} is not an operator", ""),
    "S0205": ("{token} is not expected here", ""),
    "S0206": ("{token} is not expected here", ""),
    "S0207": ("the expression ends too early", "write the operand that is missing at its end"),
    "S0208": ("a parameter of a function must be a variable, not {token}", "write function($a, $b) {{ ... }}"),
    "S0209": ("a filter cannot follow a grouping", ""),
    "S0210": ("a step can have one grouping only", ""),
    "S0211": ("{token} cannot stand before an operand", "write the operand that is missing before it"),
    "S0212": ("the left side of := must be a variable, not {token}", "write $name := value"),
    "S0213": ("{token} cannot be a step of a path", "put a field name like this into backquotes: .`name`"),
    "S0214": ("the right side of {token} must be a variable", ""),
    "S0215": ("a variable must be bound before the filters of a step", ""),
    "S0216": ("a variable must be bound before the order-by of a step", ""),
    "S0217": ("% has no parent to refer to", ""),
    "S0301": ("an empty regular expression", ""),
    "S0302": ("a regular expression is not closed", "add /, and close the brackets inside it"),
}


def problem_of_fault(source: str, offset: int, fault: Any) -> Problem:
    """For an exception of jsonata-python, whose place is the end of a token.

    Args:
        source: The expression.
        offset: Added to the position.
        fault: A JException.
    """
    if not source.strip():
        return Problem(offset, "an empty expression", "write what it should give, such as $states.input")
    code, current, expected = fault.error, fault.current, fault.expected
    if code == "S0301" and isinstance(current, str):
        code = "S0103"  # jsonata-python uses the code of an empty regular expression for an unknown escape
    if code in ("S0202", "S0203"):
        current, expected = expected, current
    message, hint = _MESSAGES.get(code, (str(fault), ""))
    words = {"token": str(current) if code == "S0103" else _shown(current), "expected": _shown(expected)}
    if code in ("S0207", "S0203", "S0101", "S0302"):
        position = len(source.rstrip())
    else:
        # jsonata-python gives the end of a token, and names and strings without what marks them.
        end = min(int(fault.location), len(source))
        position = max(end - len(str(current)) if current is not None else end, 0)
        if source[position - 1 : position] == "$":
            position -= 1
            words["token"] = f"'${current}'"
        elif source[end - 1 : end] in ("'", '"', "`") and source[position:end] != str(current):
            position = max(position - 2, 0)
    if source[position - 1 : position + 1] in _OTHER_LANGUAGES:
        position -= 1
    hint = _borrowed(source, position, code) or hint.format(**words)
    return Problem(position + offset, message.format(**words), hint)


def _borrowed(source: str, position: int, code: str) -> str:
    """What to write for something that other languages have."""
    if code == "S0103":
        return "put a text with a single quote into double quotes" if source[position + 1 : position + 2] == "'" else ""
    if (sign := source[position : position + 2]) in _OTHER_LANGUAGES:
        return _OTHER_LANGUAGES[sign]
    if "%}" in source or "{%" in source:
        return "one string holds one expression; join texts with &"
    return ""


_OTHER_LANGUAGES = {
    "==": "JSONata compares with =",
    "&&": "write and",
    "||": "write or",
    "++": "join texts with &, add numbers with +",
}


def problem_of_regex(source: str, offset: int, fault: re.error) -> Problem:
    """For a regular expression in an expression that is none in any dialect."""
    pattern = fault.pattern if isinstance(fault.pattern, str) else ""
    place = max(source.find(f"/{pattern}/"), 0)
    return Problem(place + offset, f"the regular expression /{pattern}/ is not valid: {fault.msg}")


def problem_of_crash(source: str, offset: int) -> Problem:
    """For a text on which jsonata-python's own tokenizer breaks down."""
    for found in re.finditer(rf"{STRINGS}|([!~])(?![=>])", source, re.DOTALL):
        if sign := found[1]:
            hint = "write $not(...)" if sign == "!" else "write ~> to hand a value to a function"
            return Problem(found.start(1) + offset, f"{sign} is not an operator of JSONata", hint)
    end = len(source.rstrip())
    return Problem(end + offset, "the expression ends too early", "close what is still open at its end")


def _shown(token: Any) -> str:
    match token:
        case None | "(end)":
            return "the end"
        case True | False:
            return str(token).lower()
        case _:
            return f"{token!s}" if not isinstance(token, str) else f"'{token}'"
