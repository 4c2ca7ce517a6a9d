"""The functions of JSONata and those that Step Functions adds, for use in expressions.

Each has the name that JSONata gives it, in snake_case; a Python function stands for a JSONata one:
`fn.filter(rows, lambda row: row.price > 10)`.

Source: JSONata 2.0 function library; AWS Step Functions Developer Guide, "Transforming data with JSONata".
"""

from __future__ import annotations

from collections.abc import Callable

from sfdsl.jsonata import Array, Binary, Call, Conditional, Expression, Function, Value


def _plain(function: str, arity: tuple[int, int | None], doc: str) -> Callable[..., Expression]:
    least, most = arity

    def call(*arguments: Value) -> Expression:
        if len(arguments) < least or (most is not None and len(arguments) > most):
            wanted = str(least) if least == most else f"{least} to {most}" if most is not None else f"at least {least}"
            raise TypeError(f"${function} takes {wanted} arguments, not {len(arguments)}")
        given = (Function(a) if callable(a) and not isinstance(a, Expression) else a for a in arguments)
        return Call(function, *given)

    call.__doc__ = doc
    call.__name__ = call.__qualname__ = function
    return call


string = _plain("string", (1, 2), "The value as text; JSON text for objects and arrays.")
length = _plain("length", (1, 1), "How many characters a text has.")
substring = _plain("substring", (2, 3), "Part of a text: from a position, 0-based, for a length.")
substring_before = _plain("substringBefore", (2, 2), "The text before the first occurrence of another.")
substring_after = _plain("substringAfter", (2, 2), "The text after the first occurrence of another.")
uppercase = _plain("uppercase", (1, 1), "The text in capitals.")
lowercase = _plain("lowercase", (1, 1), "The text in small letters.")
trim = _plain("trim", (1, 1), "The text without white space at its ends, and single spaces inside.")
pad = _plain("pad", (2, 3), "The text filled up to a width; negative fills on the left.")
contains = _plain("contains", (2, 2), "Whether a text holds another.")
split = _plain("split", (2, 3), "The pieces of a text between separators.")
join = _plain("join", (1, 2), "Texts as one, with a separator between them.")
replace = _plain("replace", (3, 4), "The text with occurrences replaced.")
base64_encode = _plain("base64encode", (1, 1), "The text in Base64.")
base64_decode = _plain("base64decode", (1, 1), "The text that a Base64 text stands for.")
encode_url_component = _plain("encodeUrlComponent", (1, 1), "The text with URL escapes, for a part of a URL.")
encode_url = _plain("encodeUrl", (1, 1), "The text with URL escapes, for a whole URL.")
decode_url_component = _plain("decodeUrlComponent", (1, 1), "The text without URL escapes.")
decode_url = _plain("decodeUrl", (1, 1), "The URL without escapes.")
number = _plain("number", (1, 1), "The number that a text or boolean stands for.")
absolute = _plain("abs", (1, 1), "The number without its sign.")
floor = _plain("floor", (1, 1), "The largest whole number that is not above.")
ceil = _plain("ceil", (1, 1), "The smallest whole number that is not below.")
round = _plain("round", (1, 2), "The number rounded to a number of places, half to even.")
power = _plain("power", (2, 2), "The base to the power of the exponent.")
sqrt = _plain("sqrt", (1, 1), "The square root.")
format_number = _plain("formatNumber", (2, 3), "The number as text after a picture such as '#,##0.00'.")
format_base = _plain("formatBase", (1, 2), "The number as text in a base of 2 to 36.")
format_integer = _plain("formatInteger", (2, 2), "The whole number as text after a picture.")
parse_integer = _plain("parseInteger", (2, 2), "The whole number that a text after a picture stands for.")
sum = _plain("sum", (1, 1), "The sum of numbers.")
max = _plain("max", (1, 1), "The largest of numbers.")
min = _plain("min", (1, 1), "The smallest of numbers.")
average = _plain("average", (1, 1), "The mean of numbers.")
boolean = _plain("boolean", (1, 1), "The value as a boolean: empty, 0, null and nothing are false.")
not_ = _plain("not", (1, 1), "The opposite; the same as `~`.")
exists = _plain("exists", (1, 1), "Whether there is such a field.")
count = _plain("count", (1, 1), "How many elements an array has; 0 for nothing.")
append = _plain("append", (2, 2), "The elements of both arrays.")
sort = _plain("sort", (1, 2), "The array in order; a function of two elements says whether they must be swapped.")
reverse = _plain("reverse", (1, 1), "The array from its end.")
shuffle = _plain("shuffle", (1, 1), "The array in random order.")
distinct = _plain("distinct", (1, 1), "The array with each value once.")
zip = _plain("zip", (1, None), "Arrays of the first elements, the second elements, and so on.")
keys = _plain("keys", (1, 1), "The keys of an object.")
lookup = _plain("lookup", (2, 2), "The value under a key that is known only when the pipeline runs.")
spread = _plain("spread", (1, 1), "An object as an array of objects with one key each.")
merge = _plain("merge", (1, 1), "Objects as one; later ones win.")
sift = _plain("sift", (2, 2), "The object with the entries that a function keeps.")
each = _plain("each", (2, 2), "What a function gives for each entry of an object.")
error = _plain("error", (0, 1), "Fail the evaluation, with States.QueryEvaluationError.")
assert_ = _plain("assert", (2, 2), "Fail the evaluation unless a test is true.")
type = _plain("type", (1, 1), "The type's name: null, number, string, boolean, array, object or function.")
map = _plain("map", (2, 2), "What a function gives for each element.")
filter = _plain("filter", (2, 2), "The elements that a function keeps.")
single = _plain("single", (1, 2), "The one element that a function keeps; fails where it is not one.")
reduce = _plain("reduce", (2, 3), "The elements folded into one value by a function of two.")
now = _plain("now", (0, 2), "The time as ISO 8601 text; the same in all of one evaluation.")
millis = _plain("millis", (0, 0), "The time in milliseconds since 1970.")
from_millis = _plain("fromMillis", (1, 3), "ISO 8601 text, or after a picture, for milliseconds since 1970.")
to_millis = _plain("toMillis", (1, 2), "Milliseconds since 1970 for a time as text.")
partition = _plain("partition", (2, 2), "The array in arrays of at most a size. Added by Step Functions.")
range = _plain("range", (3, 3), "Numbers from the first to the last, by a step. Added by Step Functions.")
hash = _plain("hash", (2, 2), "The hash of a text: MD5, SHA-1, SHA-256, SHA-384 or SHA-512. Added by Step Functions.")
random = _plain("random", (0, 1), "A number from 0 to below 1, by a seed if given. Added by Step Functions.")
uuid = _plain("uuid", (0, 0), "A new version 4 UUID. Added by Step Functions.")
parse = _plain("parse", (1, 1), "The value that a JSON text stands for. Added by Step Functions.")


def when(test: Value, then: Value, otherwise: Value) -> Expression:
    """One value or the other, by a test: JSONata's `test ? then : otherwise`."""
    return Conditional(test, then, otherwise)


def concat(*pieces: Value) -> Expression:
    """Values as one text, as an f-string does it."""
    if not pieces:
        raise TypeError("concat() is given nothing to join")
    if len(pieces) == 1:
        return Call("string", *pieces)
    joined: Expression = Binary("&", pieces[0], pieces[1])
    for piece in pieces[2:]:
        joined = Binary("&", joined, piece)
    return joined


def array(*items: Value) -> Expression:
    """The items as one array; of an item that is a list, its elements; of one that is missing, nothing.

    `array(rows.id)` is a list even where there is one row, or none: JSONata gives a field of a list's elements as it is
    where there is one, and nothing where there is none.
    """
    return Array(items)
