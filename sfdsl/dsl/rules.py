"""What can be wrong with a pipeline's declaration, before there is a machine that checks could look at."""

from __future__ import annotations

from sfdsl.diagnostics import Rule, Severity


class UnwiredStep(Rule):
    """A step that was declared and is part of no pipeline.

    Why it matters:
        It does not run. Most often it was forgotten when the steps were joined.

    Fires on:
        load = aws.lambda_.invoke("Load", FunctionName="load")
        report = aws.sns.publish("Report", TopicArn="${Topic}", Message="done")
        pipeline.define(load)

    Instead:
        pipeline.define(load >> report)
    """

    code = "SF180"
    severity = Severity.ERROR


class UndefinedPipeline(Rule):
    """A pipeline without steps.

    Why it matters:
        There is nothing to compile; `define` was forgotten, or stands behind a condition.

    Fires on:
        orders = Pipeline("orders")

    Instead:
        orders = Pipeline("orders")
        orders.define(extract >> load)
    """

    code = "SF181"
    severity = Severity.ERROR


class ConflictingWay(Rule):
    """A step that is led to two different steps.

    Why it matters:
        A state has one Next. Both ways cannot hold, and neither is more right than the other.

    Fires on:
        extract >> load
        extract >> report

    Instead:
        extract >> Parallel("Both", load, report)
    """

    code = "SF182"
    severity = Severity.ERROR


class StepInTwoScopes(Rule):
    """A step that stands in two scopes, such as two branches of a Parallel.

    Why it matters:
        One object is one state, and a state belongs to one flow: a branch cannot lead into another.

    Fires on:
        Parallel("Sources", first >> clean, second >> clean)

    Instead:
        Parallel("Sources", first, second) >> clean
    """

    code = "SF183"
    severity = Severity.ERROR


class WayToNowhere(Rule):
    """A way of a Choice that leads nowhere.

    Why it matters:
        A Choice cannot end a flow; every rule needs a state to go to.

    Fires on:
        pipeline.define(check >> Choice("Any?").when(check.result.Payload.any))

    Instead:
        check >> Choice("Any?").when(check.result.Payload.any, load).otherwise(Succeed("Nothing to do"))
    """

    code = "SF184"
    severity = Severity.ERROR


class ImpossibleDeclaration(Rule):
    """A declaration that cannot be as it is written.

    Why it matters:
        The constructor cannot make sense of an argument; nothing behind that line was looked at.

    Fires on:
        Wait("Cool down", "5 minutes")

    Instead:
        Wait("Cool down", "5m")
    """

    code = "SF185"
    severity = Severity.ERROR


class ResultNotOnEveryPath(Rule):
    """A result that is read where its step did not run on every path.

    Why it matters:
        On the path without the step there is no such variable, and the execution fails there with
        States.QueryEvaluationError.

    Fires on:
        check >> Choice("Any?").when(any_rows, load).otherwise(skip) >> report  # report reads load.result

    Instead:
        load.result.Payload.text.default("nothing loaded")
    """

    code = "SF270"
    severity = Severity.ERROR


class OwnResultTooEarly(Rule):
    """A step that reads its own result before it has one.

    Why it matters:
        Arguments are evaluated before the call; only `output` and `assign` see the result.

    Fires on:
        step = Task("Load", resource, {"again": step.result.Id})

    Instead:
        read the result in `output=`, in `assign(...)`, or in a step that follows
    """

    code = "SF271"
    severity = Severity.ERROR


class UnknownResultField(Rule):
    """A field that the result of a step does not have.

    Why it matters:
        The API's answer has no such field, so that the execution fails where it is read.

    Fires on:
        run = aws.glue.start_job_run.sync("Run", JobName="orders")
        note = aws.sns.publish("Note", TopicArn="${Topic}", Message=run.result.JobRunStat)

    Instead:
        note = aws.sns.publish("Note", TopicArn="${Topic}", Message=run.result.JobRunState)
    """

    code = "SF272"
    severity = Severity.ERROR


class UnknownInputField(Rule):
    """A field that the declared input of the pipeline does not have.

    Why it matters:
        Executions are started with what was declared; a field beyond it is missing when it is read.

    Fires on:
        orders = Pipeline("orders", input={"day": str})  # and somewhere orders.input.dya

    Instead:
        orders.input.day
    """

    code = "SF273"
    severity = Severity.ERROR


class ResultInsideScope(Rule):
    """A result that is read from outside of the branch or body that its step is in.

    Why it matters:
        Variables of a branch or body end with it; what it gives is the result of the Parallel or Map.

    Fires on:
        Parallel("Sources", orders, customers) >> join  # join reads orders.result

    Instead:
        sources = Parallel("Sources", orders, customers)  # join reads sources.result[0]
    """

    code = "SF274"
    severity = Severity.ERROR


class ErrorNotCaught(Rule):
    """The pipeline's error is read where none was caught on some path.

    Why it matters:
        There is no error before something failed; reading it fails the execution.

    Fires on:
        pipeline.define(load >> report)  # report reads pipeline.error.Cause

    Instead:
        pipeline.define(load, on_error=report)
    """

    code = "SF275"
    severity = Severity.ERROR


class StrangeReference(Rule):
    """A reference to something that is not part of this pipeline.

    Why it matters:
        A step of another pipeline, or an item outside of its Map's body, has no value here.

    Fires on:
        aws.sns.publish("Note", TopicArn="${Topic}", Message=step_of_another_pipeline.result.Id)

    Instead:
        start the other pipeline with aws.stepfunctions.start_execution.sync(...) and read its Output
    """

    code = "SF276"
    severity = Severity.ERROR


class NoJson(Rule):
    """A value that is neither JSON nor an expression.

    Why it matters:
        Arguments are written as JSON; a set, a date or an object of your own has no form there.

    Fires on:
        aws.lambda_.invoke("Load", FunctionName="load", Payload={"days": {1, 2}})

    Instead:
        aws.lambda_.invoke("Load", FunctionName="load", Payload={"days": [1, 2]})
    """

    code = "SF277"
    severity = Severity.ERROR


RULES: tuple[type[Rule], ...] = (
    UnwiredStep,
    UndefinedPipeline,
    ConflictingWay,
    StepInTwoScopes,
    WayToNowhere,
    ImpossibleDeclaration,
    ResultNotOnEveryPath,
    OwnResultTooEarly,
    UnknownResultField,
    UnknownInputField,
    ResultInsideScope,
    ErrorNotCaught,
    StrangeReference,
    NoJson,
)
"""All of them, by code."""
