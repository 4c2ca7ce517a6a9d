"""A JSONPath Pass folded into the JSONPath state behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from sfdsl.cost.rewrites.draft import Draft
from sfdsl.cost.rewrites.expressions import Cannot
from sfdsl.cost.rewrites.facts import WHOLE
from sfdsl.cost.rewrites.folding import PATH_ERRORS, as_assign, handles, merged, refuse_nested_reads
from sfdsl.cost.rewrites.objects import given_object
from sfdsl.cost.rewrites.pass_tree import PassTree, pass_tree, result_names, written
from sfdsl.cost.rewrites.reasons import Hazard
from sfdsl.cost.rewrites.templates import (
    GIVEN,
    Composition,
    Constant,
    Fields,
    Over,
    Text,
    Tree,
    leaves,
    object_template,
    reads_data,
    shows,
    tree_of,
    uncertain,
    understood,
)
from sfdsl.jsonpath import Path, is_reference_path
from sfdsl.model.fields import ABSENT, Json
from sfdsl.model.states import Fail, Map, Parallel, Pass, State, Task


def folded(draft: Draft, state: Pass, target: State) -> tuple[State, bool]:
    """The target with the work of the Pass, and whether nothing in that work can fail.

    Raises:
        Cannot: It cannot be done, or not safely.
    """
    work = pass_tree(state)
    check_insertion(draft, state)
    needed = uncertain(*work.all)
    after: State
    match target:
        case Pass():
            after, shown = joined(work, target)
        case Fail():
            after, shown = _fail(work, target)
        case Task() | Parallel() | Map():
            refuse_nested_reads(draft, target, work.assign)
            after, shown = _worker(work, target)
            if needed and handles(target, PATH_ERRORS):
                raise Cannot(Hazard.FAILURE_WOULD_BE_HANDLED)
        case _:
            # A Choice, a Wait and a Succeed hand their input on and cannot compute another.
            raise Cannot(Hazard.NO_FIELD_FOR_IT)
    if not shows(needed, shown):
        raise Cannot(Hazard.FAILURE_WOULD_BE_LOST)
    return after, not needed


def check_insertion(draft: Draft, state: Pass) -> None:
    """Make sure that the ResultPath of a Pass cannot fail.

    Raises:
        Cannot: The input may be no object, or what it leads through may be none.
    """
    names = result_names(state.result_path)
    if names and (len(names) > 1 or not given_object(draft, state.name)):
        raise Cannot(Hazard.INPUT_MAY_BE_NO_OBJECT)


def joined(work: PassTree, target: Pass) -> tuple[Pass, set[str]]:
    """A Pass that does the work of two in a row, and the texts that it evaluates for that.

    Raises:
        Cannot: No fields give that.
    """
    names = result_names(target.result_path)
    if names and isinstance(work.output, (Text, Over)):
        raise Cannot(Hazard.INPUT_MAY_BE_NO_OBJECT)
    if names and isinstance(work.output, Constant) and not isinstance(work.output.value, dict):
        raise Cannot(Hazard.INPUT_MAY_BE_NO_OBJECT)
    own = pass_tree(target)
    over = Composition(work.output, work.assign)
    output = over.tree(own.output)
    own_needed = uncertain(*(over.tree(each) for each in own.all))
    assign = {**work.assign, **{name: over.tree(tree) for name, tree in own.assign.items()}}
    merged(written(work.assign), written({name: over.tree(tree) for name, tree in own.assign.items()}))
    after = as_pass(target, output, assign)
    shown = {text for tree in (output, *assign.values()) for text in leaves(tree)}
    if not shows(own_needed, shown):
        raise Cannot(Hazard.FAILURE_WOULD_BE_LOST)
    return after, shown


def as_pass(target: Pass, output: Tree, assign: Mapping[str, Tree]) -> Pass:
    """A Pass that hands on a tree and sets variables, both over its input.

    Raises:
        Cannot: No fields give that.
    """
    fields: dict[str, Any] = {
        "input_path": ABSENT, "parameters": ABSENT, "result": ABSENT, "result_path": ABSENT, "output_path": ABSENT,
        "assign": written(dict(assign)),
    }  # fmt: skip
    result = output
    if isinstance(output, Over):
        if not all(name.isidentifier() and name.isascii() for name in output.names):
            raise Cannot(Hazard.NOT_UNDERSTOOD)
        fields["result_path"] = "$." + ".".join(output.names)
        result = output.tree
    match result:
        case Constant():
            fields["result"] = result.value
        case Text() if result != GIVEN:
            if not isinstance(understood(result.text), Path):
                raise Cannot(Hazard.NO_FIELD_FOR_IT)
            fields["input_path"] = result.text
        case Fields():
            fields["parameters"] = object_template(result)
        case Text():
            pass
        case _:
            raise Cannot(Hazard.NO_FIELD_FOR_IT)
    # The texts of Assign read what the Pass puts together, not what it is given.
    if result != GIVEN and any(reads_data(tree) for tree in assign.values()):
        raise Cannot(Hazard.NO_FIELD_FOR_IT)
    after: Pass = evolve(target, **fields)
    return after


def _fail(work: PassTree, target: Fail) -> tuple[Fail, set[str]]:
    over = Composition(work.output, work.assign)
    changes: dict[str, Any] = {}
    shown: set[str] = set()
    for name in ("error", "cause"):
        text = getattr(target, f"{name}_path")
        if text is None:
            continue
        tree = over.text(text)
        shown.update(leaves(tree))
        if isinstance(tree, Constant) and isinstance(tree.value, str):
            changes.update({name: tree.value, f"{name}_path": None})
        elif isinstance(tree, Text) and (tree.text == text or is_reference_path(understood(tree.text))):
            changes[f"{name}_path"] = tree.text
        else:
            raise Cannot(Hazard.NO_FIELD_FOR_IT)
    return evolve(target, **changes), shown


def _worker(work: PassTree, target: Task | Parallel | Map) -> tuple[Task | Parallel | Map, set[str]]:
    paths = (target.result_path, *(catcher.result_path for catcher in target.catch))
    if work.output != GIVEN and any(path not in WHOLE for path in paths):
        raise Cannot(Hazard.OUTPUT_IS_READ_WHOLE)  # the result is put into the input, or the input is handed on
    carried = work.assign
    if any(reads_data(tree) for tree in carried.values()):
        raise Cannot(Hazard.NO_FIELD_FOR_IT)  # there `$` is the result of the work
    over = Composition(work.output, work.assign)
    later = Composition(GIVEN, work.assign)

    def after_work(template: Json) -> Json:
        if template is ABSENT:
            return ABSENT
        return object_template(later.tree(tree_of(template, moving=False)))

    changes: dict[str, Any] = {
        "result_selector": after_work(target.result_selector),
        "assign": merged(written(carried), after_work(target.assign)),
        "catch": tuple(
            evolve(catcher, assign=merged(written(carried), after_work(catcher.assign))) for catcher in target.catch
        ),
    }
    as_assign(target.assign)
    given = over.tree(_selected(target.input_path))
    shown = _map(target, given, over, changes) if isinstance(target, Map) else _arguments(target, given, over, changes)
    for name in _PATH_FIELDS:
        text = getattr(target, name, None)
        if text is not None:
            tree = Composition(given, work.assign).text(text)
            if not isinstance(tree, Text) or not is_reference_path(understood(tree.text)):
                raise Cannot(Hazard.NO_FIELD_FOR_IT)
            if given != GIVEN and isinstance(given, Text):
                raise Cannot(Hazard.NOT_UNDERSTOOD)  # the input path stays, and the field is read behind it
            changes[name] = tree.text
    after: Task | Parallel | Map = evolve(target, **changes)
    return after, shown


_PATH_FIELDS = (
    "timeout_seconds_path", "heartbeat_seconds_path", "max_concurrency_path", "tolerated_failure_percentage_path",
    "tolerated_failure_count_path",
)  # fmt: skip


def _selected(path: Any) -> Tree:
    if path in WHOLE:
        return GIVEN
    return Constant({}) if path is None else Text(path)


def _arguments(target: Task | Parallel, given: Tree, over: Composition, changes: dict[str, Any]) -> set[str]:
    """The fields that say what the work is given; the texts that are evaluated for that."""
    inside = Composition(given, over.variables)
    if isinstance(target, Task) and target.credentials is not ABSENT:
        changes["credentials"] = object_template(inside.tree(tree_of(target.credentials, moving=False)))
        if isinstance(given, Text) and given != GIVEN:
            raise Cannot(Hazard.NOT_UNDERSTOOD)
    tree = given if target.parameters is ABSENT else inside.tree(tree_of(target.parameters, moving=False))
    changes["input_path"] = changes["parameters"] = ABSENT
    if isinstance(tree, Text):
        if tree != GIVEN:
            if not isinstance(understood(tree.text), Path):
                raise Cannot(Hazard.NO_FIELD_FOR_IT)
            changes["input_path"] = tree.text
    else:
        changes["parameters"] = object_template(tree)
    return set(leaves(tree))


def _begins(path: str, text: str) -> bool:
    return path == text or path.startswith((f"{text}.", f"{text}["))


def _map(target: Map, given: Tree, over: Composition, changes: dict[str, Any]) -> set[str]:
    if any(part is not None for part in (target.item_reader, target.item_batcher, target.result_writer)):
        raise Cannot(Hazard.NOT_UNDERSTOOD)
    inside = Composition(given, over.variables)
    items = inside.text(target.items_path if isinstance(target.items_path, str) else "$")
    if target.items_path is None or not isinstance(items, Text):
        raise Cannot(Hazard.NO_FIELD_FOR_IT)
    if not is_reference_path(understood(items.text)):
        raise Cannot(Hazard.NO_FIELD_FOR_IT)
    # What is missing in a Pass or for InputPath is States.Runtime, and for ItemsPath States.ReferencePathConflict.
    elsewhere = [over.data, *over.variables.values(), *([] if target.input_path in WHOLE else [given])]
    if any(_begins(items.text, text) for text in uncertain(*elsewhere)):
        raise Cannot(Hazard.OTHER_ERROR)
    changes["input_path"] = ABSENT
    changes["items_path"] = ABSENT if items == GIVEN else items.text
    for name in ("item_selector", "parameters"):
        template = getattr(target, name)
        if template is not ABSENT:
            changes[name] = object_template(inside.tree(tree_of(template, moving=False)))
    return {items.text}
