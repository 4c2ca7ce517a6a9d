"""The intrinsic functions of Step Functions: their arguments and limits, as data."""

from __future__ import annotations

from attrs import frozen

SOURCE = "Step Functions Developer Guide, Intrinsic functions for JSONPath states"

MAX_NESTING = 10
"""Calls nested in one field, the outermost included. Source: as `SOURCE`, "up to 10 nested intrinsic functions"."""


@frozen
class Parameter:
    """One argument that a function takes.

    Attributes:
        name: For messages.
        kinds: JSON types that it may have: string, number, boolean, null, array, object; empty for any.
        allowed: The only values it may have; empty where there is no such list.
        minimum: Least value of a number.
        maximum: Greatest value of a number.
        max_characters: Greatest length of a string.
        not_zero: Whether the number 0 is refused.
    """

    name: str
    kinds: tuple[str, ...] = ()
    allowed: tuple[object, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    max_characters: int | None = None
    not_zero: bool = False


@frozen
class Intrinsic:
    """An intrinsic function.

    Attributes:
        name: As it is called, `States.` included.
        parameters: In order; the last one repeats where `repeats` is set.
        optional: How many of the last parameters may be left out.
        repeats: Whether the last parameter may be given any number of times, none included.
        returns: JSON type of the result; `any` where it depends on the arguments.
        source: Where this is documented.
    """

    name: str
    parameters: tuple[Parameter, ...] = ()
    optional: int = 0
    repeats: bool = False
    returns: str = "any"
    source: str = SOURCE

    @property
    def least(self) -> int:
        """Fewest arguments it takes."""
        return len(self.parameters) - self.optional - (1 if self.repeats else 0)

    @property
    def most(self) -> int | None:
        """Most arguments it takes; None where there is no limit."""
        return None if self.repeats else len(self.parameters)

    def parameter(self, place: int) -> Parameter:
        """The parameter for the argument at this place, from 0."""
        return self.parameters[min(place, len(self.parameters) - 1)]


_INT = 2**31
_ARRAY = Parameter("array", ("array",))
_ANY = Parameter("value")
_TEXT = Parameter("text", ("string",))
_INTEGER = Parameter("number", ("number",), minimum=-_INT, maximum=_INT - 1)
_SHORT_TEXT = Parameter("text", ("string",), max_characters=10_000)
_OBJECT = Parameter("object", ("object",))
ALGORITHMS = ("MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512")

MAX_RANGE = 1000
"""Most elements of States.ArrayRange. Source: as `SOURCE`."""

FUNCTIONS: dict[str, Intrinsic] = {
    function.name: function
    for function in (
        Intrinsic("States.Array", (_ANY,), repeats=True, returns="array"),
        Intrinsic(
            "States.ArrayPartition",
            (_ARRAY, Parameter("size of a part", ("number",), minimum=1)),
            returns="array",
        ),
        Intrinsic("States.ArrayContains", (_ARRAY, _ANY), returns="boolean"),
        Intrinsic(
            "States.ArrayRange",
            (
                Parameter("first", ("number",)),
                Parameter("last", ("number",)),
                Parameter("step", ("number",), not_zero=True),
            ),
            returns="array",
        ),
        Intrinsic("States.ArrayGetItem", (_ARRAY, Parameter("index", ("number",), minimum=0))),
        Intrinsic("States.ArrayLength", (_ARRAY,), returns="number"),
        Intrinsic("States.ArrayUnique", (_ARRAY,), returns="array"),
        Intrinsic("States.Base64Encode", (_SHORT_TEXT,), returns="string"),
        Intrinsic("States.Base64Decode", (_SHORT_TEXT,), returns="string"),
        Intrinsic("States.Format", (Parameter("template", ("string",)), _ANY), repeats=True, returns="string"),
        Intrinsic(
            "States.Hash",
            (
                Parameter("data", ("string",), max_characters=10_000),
                Parameter("algorithm", ("string",), allowed=ALGORITHMS),
            ),
            returns="string",
        ),
        Intrinsic(
            "States.JsonMerge",
            (_OBJECT, _OBJECT, Parameter("deep", ("boolean",), allowed=(False,))),
            returns="object",
        ),
        Intrinsic("States.JsonToString", (_ANY,), returns="string"),
        Intrinsic("States.MathAdd", (_INTEGER, _INTEGER), returns="number"),
        Intrinsic(
            "States.MathRandom",
            (Parameter("start", ("number",)), Parameter("end", ("number",)), Parameter("seed", ("number",))),
            optional=1,
            returns="number",
        ),
        Intrinsic("States.StringSplit", (_TEXT, Parameter("delimiters", ("string",))), returns="array"),
        Intrinsic("States.StringToJson", (_TEXT,)),
        Intrinsic("States.UUID", returns="string"),
    )
}
