"""What an author is told about ten different mistakes in one pipeline, all in one run."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from sfdsl.cli import main

MISTAKES = Path(__file__).parent / "data" / "ten_mistakes.py"
EXPECTED = [
    (5, "SF422", "the name 'ten mistakes' of the state machine has ' ' in it"),
    (7, "SF502", "state 'Extract' calls 'glu', and there is no aws-sdk integration of that name"),
    (8, "SF505", "state 'Transform' calls 'startJobRn', an operation that aws-sdk:glue does not have"),
    (9, "SF510", "state 'Validate': lambda:invoke takes no parameter 'FunktionName'"),
    (10, "SF508", "state 'Store' calls dynamodb:putItem with .sync, which it does not offer"),
    (11, "SF252", "state 'Ask' waits for its task token, and hands it to nobody"),
    (
        11,
        "SF311",
        "state 'Ask' expects a heartbeat every 3,600 seconds and times out after 600 seconds; the heartbeat is the smaller one",
    ),
    (12, "SF204", "Arguments.Payload.n of state 'Count' calls $cuont, and there is no such function"),
    (14, "SF302", "Retry[0] of state 'Load' has States.ALL, so that Retry[1] behind it never applies"),
    (14, "SF309", "Catch[0] of state 'Load' names 'States.Timeuot', which is no error of Step Functions"),
    (
        18,
        "SF120",
        "state 'Again?' has no Default: where no rule is true, the execution fails with States.NoChoiceMatched",
    ),
    (19, "SF180", "step 'Forgotten' is part of no pipeline"),
]
HINTS = ["'ten-mistakes'", "did you mean 'glue'?", "did you mean 'startJobRun'?", "did you mean 'FunctionName'?", "did you mean $count?",
         "did you mean 'States.Timeout'?", "Task.Token", "join it with >> in define()"]  # fmt: skip


def test_every_mistake_is_told_at_its_line_with_what_to_write() -> None:
    done = CliRunner().invoke(main, ["check", str(MISTAKES)])
    assert done.exit_code == 1
    found = [line.partition("ten_mistakes.py:")[2] for line in done.stdout.splitlines() if "ten_mistakes.py:" in line]
    found = [line for line in found if ": info[" not in line]  # what is only told, such as a wide permission
    told = [(int(line.partition(":")[0]), line.partition("[")[2][:5], line.partition("] ")[2]) for line in found]
    assert told == EXPECTED
    for hint in HINTS:
        assert hint in done.stdout
