"""From a workflow to the permissions of its execution role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

from attrs import evolve

from sfdsl.aws import iam
from sfdsl.aws.resource import Activity, LambdaFunction, Malformed, Pattern, ServiceTask, Unresolved, parse
from sfdsl.graph import WorkflowGraph
from sfdsl.model.edges import flow_order
from sfdsl.model.fields import ABSENT
from sfdsl.model.states import Flow, Map, State, Task
from sfdsl.model.workflow import Notes, Scope, inner
from sfdsl.permissions.arns import is_placeholder
from sfdsl.permissions.collector import Call, Collector
from sfdsl.permissions.features import (
    Surroundings,
    assume_role,
    distributed_map,
    read_items,
    resource_of,
    surroundings,
    write_results,
)
from sfdsl.permissions.merge import merge, named
from sfdsl.permissions.narrowing import narrow
from sfdsl.permissions.provenance import resolve
from sfdsl.permissions.services import OPTIMIZED, SAME_AS, SDK
from sfdsl.permissions.services.functions import function_resource
from sfdsl.permissions.services.storage import objects, versions_and_tags
from sfdsl.permissions.statements import Companion, Doubt, Grant, Permissions, Remark, Resource
from sfdsl.permissions.values import UNKNOWN, Arguments, Constants, Reader

__all__ = ["derive"]

_NOTHING = Notes()
# Policy, page and each of the checks ask for the permissions of the same workflow.
_DERIVED: WeakKeyDictionary[WorkflowGraph, dict[Surroundings, Permissions]] = WeakKeyDictionary()


def derive(graph: WorkflowGraph, around: Surroundings | None = None) -> Permissions:
    """What the execution role of a workflow must be allowed, with the reason for each statement.

    Args:
        graph: The workflow.
        around: What stands around the machine; None is nothing.
    """
    known = _DERIVED.setdefault(graph, {})
    beside = around or Surroundings()
    if beside not in known:
        known[beside] = _derive(graph, beside)
    return known[beside]


def _derive(graph: WorkflowGraph, around: Surroundings) -> Permissions:
    derivation = _Derivation(graph, around)
    for scope, state in _in_flow_order(graph):
        derivation.state(scope, state)
    statements = merge(derivation.grants)
    distributed = any(scope.distributed for scope in graph.scopes)
    more = surroundings(around, graph.workflow.name, distributed=distributed, writes=_writes_results(graph))
    if more:
        statements = named([*statements, *more])
    companions: dict[str, Companion] = {}
    for found in derivation.companions:
        before = companions.get(found.name)
        states = found.states if before is None else tuple(dict.fromkeys((*before.states, *found.states)))
        companions[found.name] = evolve(before or found, states=states)
    used = {name for statement in statements for name in companions if _mentions(statement.resources, name)}
    return Permissions(
        statements=statements,
        remarks=tuple(dict.fromkeys(derivation.remarks)),
        companions=tuple(companions[name] for name in sorted(used)),
    )


def _writes_results(graph: WorkflowGraph) -> bool:
    """Whether a Distributed Map writes its results to a bucket."""
    return any(isinstance(state, Map) and state.result_writer is not None for _, state in graph.states())


def _mentions(resources: tuple[str, ...], name: str) -> bool:
    return any(f"${{{name}}}" in text for text in resources)


def _in_flow_order(graph: WorkflowGraph) -> Iterator[tuple[Scope, State]]:
    """Every state as a reader follows the flow, nested ones right behind their owner."""
    stack: list[Iterator[tuple[Scope, State]]] = [_of_scope(graph.scopes[0])]
    while stack:
        found = next(stack[-1], None)
        if found is None:
            stack.pop()
            continue
        yield found
        stack.extend(_of_scope(scope) for scope in reversed(inner(*found)))


def _of_scope(scope: Scope) -> Iterator[tuple[Scope, State]]:
    flow: Flow = scope.flow
    return ((scope, state) for state in flow_order(flow))


class _Derivation:
    def __init__(self, graph: WorkflowGraph, around: Surroundings) -> None:
        self.workflow = graph.workflow
        self.constants = Constants(graph.machine, graph.workflow.name, around.substitutions)
        self.grants: list[Grant] = []
        self.granted: dict[str, list[Grant]] = {}
        self.remarks: list[Remark] = []
        self.companions: list[Companion] = []

    def state(self, scope: Scope, state: State) -> None:
        """Gather what one state needs."""
        match state:
            case Task():
                self._task(scope, state)
            case Map() if state.distributed:
                self._map(scope, state)
            case _:
                return

    def _notes(self, state: State) -> Notes:
        return self.workflow.notes.get(state.name, _NOTHING)

    def _keep(self, *collectors: Collector, state: State) -> None:
        for needs in collectors:
            resolve(needs, self.granted)
        texts = self._notes(state).resources
        grants = [grant for needs in collectors for grant in needs.grants]
        remarks = [remark for needs in collectors for remark in needs.remarks]
        arns = [text for text in texts if text.startswith("arn:") or is_placeholder(text)]
        grants, remarks, used = narrow(grants, remarks, arns)
        self.granted[state.name] = grants
        self.grants += grants
        self.remarks += remarks
        self.companions += [companion for needs in collectors for companion in needs.companions]
        for text in texts:
            if not text.startswith("arn:") and not is_placeholder(text):
                self._note(state, Doubt.MALFORMED, text)
            elif text not in used:
                self._note(state, Doubt.NARROWS_NOTHING, text)

    def _note(self, state: State, doubt: Doubt, subject: str) -> None:
        self.remarks.append(Remark(doubt=doubt, state=state.name, subject=subject, origin=state.origin))

    def _collector(
        self, state: State, *, service: str, api: str, name: str, arguments: Arguments, origin: Any = None, **more: Any
    ) -> Collector:
        call = Call(
            state=state,
            service=service,
            api=api,
            sdk=more.get("sdk", False),
            pattern=more.get("pattern", Pattern.REQUEST_RESPONSE),
            arguments=arguments,
            name=name,
            origin=origin if origin is not None else state.origin,
        )
        return Collector(call)

    # Tasks

    def _task(self, scope: Scope, state: Task) -> None:
        language = scope.language(state)
        arguments = Arguments.of(state, language, self.constants)
        collectors = []
        if state.credentials is not ABSENT and state.credentials is not None:
            # The call itself is then made as that role, whose permissions are its own.
            reader = Reader(language, self.constants)
            credentials = Arguments(reader.simple(state.credentials), "Credentials", reader)
            needs = self._collector(state, service="sts", api="assumeRole", name="Credentials", arguments=credentials)
            assume_role(needs)
            collectors.append(needs)
        elif state.resource is not None:
            collectors.append(self._call(state, arguments))
        self._keep(*collectors, state=state)

    def _call(self, state: Task, arguments: Arguments) -> Collector:
        resource = parse(self.constants.substituted(state.resource or ""))
        match resource:
            case ServiceTask():
                needs = self._collector(
                    state,
                    service=resource.service,
                    api=resource.api,
                    name=resource.name + resource.suffix,
                    arguments=arguments,
                    sdk=resource.sdk,
                    pattern=resource.pattern,
                )
                if resource.sdk:
                    self._sdk(needs)
                else:
                    self._optimized(needs)
            case LambdaFunction() | Unresolved():
                needs = self._collector(state, service="lambda", api="invoke", name="function", arguments=arguments)
                self._function(needs, resource.text)
            case Activity():
                # Workers poll an activity with permissions of their own; the machine needs none.
                needs = self._collector(state, service="states", api="", name="activity", arguments=arguments)
            case Malformed():
                needs = self._collector(state, service="", api="", name="", arguments=arguments)
        return needs

    def _function(self, needs: Collector, text: str) -> None:
        if (not is_placeholder(text) and not text.startswith("arn:")) or ":states:::" in text:
            needs.remark(Doubt.UNDERIVABLE, text, argument="Resource")
            return
        if text.startswith("arn:") and isinstance(parse(text), Unresolved) and ":lambda:" not in text:
            needs.remark(Doubt.UNDERIVABLE, text, argument="Resource")
            return
        needs.allow(
            "lambda:InvokeFunction",
            [Resource(text=function_resource(text, None) if text.startswith("arn:") else text)],
            argument="Resource",
            why="call the function",
        )
        if is_placeholder(text) and not re.search(r"^(?!.*activity).*(arn\b|function|lambda)", text, re.IGNORECASE):
            needs.remark(Doubt.READ_AS_FUNCTION, text, argument="Resource")

    def _optimized(self, needs: Collector) -> None:
        call = needs.call
        special = OPTIMIZED.get((call.service, call.api))
        if special is not None:
            special(needs)
            return
        found = iam.optimized_needs(call.service, call.api, call.pattern.value)
        for need in found or iam.optimized_needs(call.service, call.api, "") or ():
            needs.need(need, why=_why(need.actions, call.job))

    def _sdk(self, needs: Collector) -> None:
        call = needs.call
        special = SDK.get((call.service, call.api))
        if special is not None:
            special(needs)
            return
        same = SAME_AS.get(f"{call.service}:{call.api}")
        found = iam.optimized_needs(*same.split(":"), "") if same else iam.sdk_needs(call.service, call.api)
        if found is None:
            prefix = iam.prefix_of_service(call.service)
            if prefix is None:
                needs.remark(Doubt.UNDERIVABLE, call.name, argument="Resource")
                return
            action = f"{prefix}:{call.api[:1].upper()}{call.api[1:]}"
            needs.remark(Doubt.UNVERIFIED, action, argument="Resource")
            # Whether it has resource types is not known either: anything narrower than `*` might allow nothing.
            needs.allow(action, [Resource(text="*", open=True)], argument="Resource", why="make the call")
            return
        for need in found:
            if need.when != "?":
                needs.need(need, why="make the call")
        objects(needs)
        if call.service == "s3":
            versions_and_tags(needs)

    # Distributed Maps

    def _map(self, scope: Scope, state: Map) -> None:
        language = scope.language(state)
        nothing = Arguments(UNKNOWN, "", Reader(language, self.constants))
        children = self._collector(state, service="states", api="", name="Distributed Map", arguments=nothing)
        distributed_map(children, state, self.workflow.name)
        collectors = [children]
        if state.item_reader is not None:
            reader = state.item_reader
            needs = self._collector(
                state,
                service="s3",
                api=resource_of(reader),
                name=f"ItemReader s3:{resource_of(reader)}",
                arguments=Arguments.of(reader, language, self.constants),
                origin=reader.origin,
            )
            read_items(needs, reader)
            collectors.append(needs)
        if state.result_writer is not None:
            writer = state.result_writer
            needs = self._collector(
                state,
                service="s3",
                api="putObject",
                name="ResultWriter s3:putObject",
                arguments=Arguments.of(writer, language, self.constants),
                origin=writer.origin,
            )
            write_results(needs, writer)
            collectors.append(needs)
        self._keep(*collectors, state=state)


def _why(actions: tuple[str, ...], job: bool) -> str:
    if all(action.startswith("events:") and action != "events:PutEvents" for action in actions):
        return "hear of the end of the job"
    if actions == ("iam:CreateServiceLinkedRole",):
        return "let the service make the role that it needs in an account that has none yet"
    return "run the job, wait for it, and stop it when the state is stopped" if job else "make the call"
