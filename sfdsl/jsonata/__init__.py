"""Expressions: Python operators on references build a syntax tree, which becomes JSONata text.

What a reference stands for (a variable, a part of the input) is decided when a pipeline is lowered: `render` asks its
`resolve` for the text of every reference with the fields that are read of it, and `uses` tells what is read at all.
"""

from sfdsl.jsonata.expressions import (
    Array,
    Binary,
    Call,
    Conditional,
    Expression,
    Function,
    Reference,
    Value,
    Variable,
    jsonata,
)
from sfdsl.jsonata.marks import has_marks
from sfdsl.jsonata.uses import Use, uses
from sfdsl.jsonata.writing import Resolve, Resolved, dotted, field_name, quote, render, template

__all__ = [
    "Array",
    "Binary",
    "Call",
    "Conditional",
    "Expression",
    "Function",
    "Reference",
    "Resolve",
    "Resolved",
    "Use",
    "Value",
    "Variable",
    "dotted",
    "field_name",
    "has_marks",
    "jsonata",
    "quote",
    "render",
    "template",
    "uses",
]
