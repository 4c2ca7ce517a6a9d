"""The same pipeline, of a given number of states, as source for each tool."""

from __future__ import annotations


def shape(states: int) -> list[str]:
    """Which kind of state comes at each position: three tasks, then a Choice that skips the task behind it."""
    return ["choice" if i % 5 == 3 and i + 2 < states else "task" for i in range(states)]


def for_sfdsl(states: int) -> str:
    """A pipeline file."""
    lines = [
        '"""A pipeline of generated steps."""',
        "from sfdsl import Choice, Pipeline, aws",
        'p = Pipeline("bench", suppress=["SF321"])',
    ]
    previous = "p.input"
    flow: list[str] = []
    kinds = shape(states)
    i = 0
    while i < states:
        if kinds[i] == "choice":
            lines.append(
                f's{i + 1} = aws.lambda_.invoke("S{i + 1}", FunctionName="f", Payload={{"x": {previous}}}, timeout=60)'
            )
            lines.append(f'c{i} = Choice("C{i}").when({previous} > {i}, s{i + 1})')
            flow.append(f"c{i}")
            i += 2
            continue
        lines.append(f's{i} = aws.lambda_.invoke("S{i}", FunctionName="f", Payload={{"x": {previous}}}, timeout=60)')
        previous = f"s{i}.result.Payload.x"
        flow.append(f"s{i}")
        i += 1
    lines.append(f"steps = {flow[0]}")
    lines += [f"steps = steps >> {name}" for name in flow[1:]]
    lines.append("p.define(steps)")
    return "\n".join(lines) + "\n"


def for_sfnx(states: int) -> str:
    """A file with one `@state_machine`."""
    lines = ["from sfnx import aws, state_machine", "", "@state_machine", "def bench(input):"]
    previous = "input"
    kinds = shape(states)
    i = 0
    while i < states:
        call = "aws.optimized.lambda_.invoke(FunctionName='f', Payload={'x': " + previous + "}, timeout=60)"
        if kinds[i] == "choice":
            lines.append(f"    if {previous} > {i}:")
            lines.append(f"        t{i} = {call}")
            i += 2
            continue
        lines.append(f"    s{i} = {call}")
        previous = f"s{i}['Payload']['x']"
        i += 1
    lines.append("    return s0")
    return "\n".join(lines) + "\n"


_LAMBDA_STEP = "LambdaStep('S{0}', parameters={{'FunctionName': 'f', 'Payload': {{'x.$': '$.x'}}}}, timeout_seconds=60)"


def for_stepfunctions(states: int) -> str:
    """A script that builds the machine with the AWS data science SDK and prints its definition."""
    lines = ["from stepfunctions.steps import Chain, Choice, ChoiceRule, LambdaStep", "steps = []"]
    kinds = shape(states)
    i = 0
    while i < states:
        if kinds[i] == "choice":
            lines.append(f"c{i} = Choice('C{i}')")
            lines.append(f"s{i + 1} = " + _LAMBDA_STEP.format(i + 1))
            lines.append(f"c{i}.add_choice(ChoiceRule.NumericGreaterThan('$.x', {i}), s{i + 1})")
            lines.append(f"steps.append((c{i}, s{i + 1}))")
            i += 2
            continue
        lines.append(f"s{i} = " + _LAMBDA_STEP.format(i))
        lines.append(f"steps.append((s{i}, s{i}))")
        i += 1
    lines += [
        "for (entry, last), (after, _) in zip(steps, steps[1:]):",
        "    if entry is last: entry.next(after)",
        "    else: last.next(after); entry.default_choice(after)",
        "from stepfunctions.steps.states import Graph",
        "import json",
        "text = json.dumps(Graph(steps[0][0]).to_dict())",
    ]
    return "\n".join(lines) + "\n"
