"""Short texts for pictures and pages: what a state does, when a rule holds, how long something takes."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from typing import Final, NoReturn

from sfdsl.aws.resource import Activity, LambdaFunction, Malformed, ServiceTask, Unresolved, parse
from sfdsl.model.states import And, Comparison, Condition, Json, Map, Not, Number, Or, Retrier, Test, Wait

__all__ = [
    "assert_never",
    "attempts",
    "condition",
    "each",
    "expression",
    "length",
    "number",
    "printable",
    "service",
    "shorten",
    "until",
    "wrap",
]

_COMPARED: Final = {
    "Equals": "==",
    "LessThan": "<",
    "GreaterThan": ">",
    "LessThanEquals": "<=",
    "GreaterThanEquals": ">=",
    "Matches": "matches",
}
_IS: Final = {
    "IsNull": "null",
    "IsPresent": "present",
    "IsNumeric": "a number",
    "IsString": "a text",
    "IsBoolean": "a boolean",
    "IsTimestamp": "a timestamp",
}
_OPERATOR = re.compile(r"(?:String|Numeric|Boolean|Timestamp)(?P<compared>[A-Za-z]+?)(?P<path>Path)?")
_JSONATA = re.compile(r"\s*\{%(.*)%\}\s*", re.DOTALL)
_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)"""
    r"|\$states\.(?P<states>context\.Execution\.Input\b|context\.|input\b)"
    r"|\$(?=[A-Za-z_])|\s+"
)
_STATES: Final = {"context.Execution.Input": "execution input", "context.": "context.", "input": "input"}
_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def assert_never(value: NoReturn) -> NoReturn:
    """What `typing.assert_never` of Python 3.11 does: mypy proves that this is not reached."""
    raise AssertionError(f"a case is missing for {value!r}")


def printable(text: str) -> str:
    """The text without characters that XML cannot carry or that reorder what stands around them.

    Control characters show as their Unicode pictures; line breaks and tabs as spaces; lone surrogates and
    the characters that override the direction of writing as U+FFFD.
    """
    return text if text.isascii() and text.isprintable() else "".join(map(_printable, text))


def _printable(char: str) -> str:
    code = ord(char)
    if char in "\t\n\r\x0b\x0c\x85\u2028\u2029":
        return " "
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if 0x80 <= code < 0xA0 or code in (0xFFFE, 0xFFFF) or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069:
        return "\ufffd"
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else char


def shorten(text: str, limit: int) -> str:
    """The text, or its beginning with an ellipsis so that it has at most `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def wrap(text: str, width: int, most: int) -> tuple[str, ...]:
    """The text in lines of at most `width` characters, broken where a word ends; the `most`-th ends in … if cut.

    A word is also broken behind punctuation and before a capital, and anywhere if it is longer than a line.
    An empty text has no lines.
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(" ".join(printable(text).split()), width):
        if line and len(line) + len(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    lines.append(line.rstrip())
    if len(lines) > most:
        last = lines[most - 1]
        lines = [*lines[: most - 1], (last[: width - 1] if len(last) >= width else last) + "…"]
    return tuple(line for line in lines if line)


_PIECE = re.compile(r"\S*?(?:[-_./:,|&]+(?=\w)|(?<=[a-z0-9])(?=[A-Z])|\s+|$)")


def _pieces(text: str, width: int) -> list[str]:
    """What a line may be made of: words, and parts of words where a word is long."""
    pieces: list[str] = []
    for word in re.findall(r"\S+\s*", text):
        if len(word) <= width * 3 // 5:
            pieces.append(word)
            continue
        for part in _PIECE.findall(word):
            while len(part.rstrip()) > width:
                cut = _between_characters(part, width)
                pieces.append(part[:cut])
                part = part[cut:]
            if part:
                pieces.append(part)
    return pieces


def _between_characters(text: str, at: int) -> int:
    """The nearest place at or before `at` that parts no accent, modifier or joined emoji from its base."""
    cut = at
    while cut > 1 and (_joins(text[cut]) or text[cut - 1] == "\u200d"):
        cut -= 1
    return cut if cut > 1 else at


def _joins(char: str) -> bool:
    return char == "\u200d" or unicodedata.category(char) in ("Mn", "Me", "Mc") or "\U0001f3fb" <= char <= "\U0001f3ff"


def length(seconds: float) -> str:
    """A length of time in its two largest units: `45 s`, `1 h 30 min`, `2 d`."""
    if not math.isfinite(seconds) or seconds != int(seconds) or seconds < 60:
        return f"{seconds:g} s"
    parts = []
    rest = int(seconds)
    for size, unit in _UNITS:
        if rest >= size:
            parts.append(f"{rest // size} {unit}")
            rest %= size
    return " ".join(parts[:2])


def number(value: Number | None, path: str | None = None) -> str:
    """A length of time in seconds, however ASL gives it; empty where it gives none."""
    if value is None:
        return "" if path is None else printable(path)
    return expression(value) if isinstance(value, str) else length(value)


def expression(text: str) -> str:
    """A JSONata expression without its `{% %}` and the `$` of its names; any other text as it is."""
    found = _JSONATA.fullmatch(text)
    if found is None:
        return printable(text)
    return printable(_TOKEN.sub(_shown, found[1].strip()))


def _shown(found: re.Match[str]) -> str:
    if found["text"] is not None:
        return found["text"]
    if found["states"] is not None:
        return _STATES[found["states"]]
    return "" if found[0] == "$" else " "


def condition(test: Test) -> str:
    """When a test holds: `$.x == 3 and not $.y is present`, or the JSONata expression."""
    match test:
        case Condition():
            return str(test.text).lower() if isinstance(test.text, bool) else expression(test.text)
        case And():
            return " and ".join(_inner(t) for t in test.tests)
        case Or():
            return " or ".join(_inner(t) for t in test.tests)
        case Not():
            return f"not {_inner(test.test)}"
        case Comparison():
            return _comparison(test)
        case _:
            assert_never(test)


def _inner(test: Test) -> str:
    text = condition(test)
    return f"({text})" if isinstance(test, (And, Or)) and len(test.tests) > 1 else text


def _comparison(test: Comparison) -> str:
    variable = printable(test.variable or "?")
    if test.operator is None:
        return variable
    if test.operator in _IS:
        negated = "" if test.operand is True else "not " if test.operand is False else f"{_json(test.operand)} "
        return f"{variable} is {negated}{_IS[test.operator]}"
    operator = _OPERATOR.fullmatch(test.operator)
    if operator is None:
        return f"{variable} {test.operator} {_json(test.operand)}"
    right = printable(test.operand) if operator["path"] and isinstance(test.operand, str) else _json(test.operand)
    return f"{variable} {_COMPARED[operator['compared']]} {right}"


def _json(value: Json) -> str:
    return printable(json.dumps(value, ensure_ascii=False))


def service(resource: str | None) -> str:
    """What a Task calls, as ASL writes it without the ARN around it: `glue:startJobRun.sync`, `lambda orders-load`."""
    if resource is None:
        return ""
    match parse(resource):
        case ServiceTask() as call:
            # The callback is a badge; the way that a job is waited for belongs to the name of the API.
            suffix = "" if call.suffix == ".waitForTaskToken" else call.suffix
            return printable(f"{call.service}:{call.api}{suffix}")
        case LambdaFunction() as function:
            return printable(f"lambda {function.name}" + (f":{function.qualifier}" if function.qualifier else ""))
        case Activity() as activity:
            return printable(f"activity {activity.name}")
        case Unresolved(text=text) | Malformed(text=text):
            return printable(text)
        case other:
            assert_never(other)


def attempts(retry: tuple[Retrier, ...]) -> str:
    """How often each retrier tries again, as in 3x or 5x; empty where nothing is retried."""
    counts = []
    for retrier in retry:
        most = 3 if retrier.max_attempts is None else retrier.max_attempts
        if most == 0:
            continue
        counts.append(f"{most}×" if isinstance(most, (int, float)) else f"{shorten(expression(most), 16)}×")
    different = list(dict.fromkeys(counts))
    return " or ".join(different[:3]) + (" …" if len(different) > 3 else "")


def until(wait: Wait) -> str:
    """How long a Wait holds: `5 min`, `until 2027-01-01T00:00:00Z`, `$.delay s`."""
    if wait.seconds is not None:
        return f"{expression(wait.seconds)} s" if isinstance(wait.seconds, str) else length(wait.seconds)
    if wait.seconds_path is not None:
        return f"{printable(wait.seconds_path)} s"
    moment = wait.timestamp if wait.timestamp is not None else wait.timestamp_path
    return f"until {expression(moment)}" if moment is not None else ""


def each(map_: Map) -> str:
    """What a Map runs over: `each of $.orders`, `each of s3:listObjectsV2`."""
    if map_.item_reader is not None:
        return f"each of {service(map_.item_reader.resource)}"
    if isinstance(map_.items, str):
        return f"each of {expression(map_.items)}"
    if isinstance(map_.items, list):
        return f"each of {len(map_.items)} items"
    if isinstance(map_.items_path, str):
        return f"each of {printable(map_.items_path)}"
    return "each item"
