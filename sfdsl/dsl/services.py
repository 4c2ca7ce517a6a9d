"""`aws.<service>.<operation>("Name", Parameter=...)`: every call that Step Functions can make, as boto3 spells it."""

from __future__ import annotations

from typing import Any

from sfdsl.dsl.errors import DeclarationError
from sfdsl.dsl.steps import Task


class Operation:
    """One operation of a service in one integration pattern; call it with the step's name to make a step.

    `operation("Name", Parameter=...)` returns at once with the answer. `operation.sync(...)` waits until the job is
    done, `operation.wait_for_task_token(...)` until somebody returns the token `context.Task.Token`. Parameters are
    spelled as the API does; options in lower case are those of `Task`.
    """

    def __init__(self, service: str, name: str, pattern: str = "", sdk: bool = False) -> None:
        self._service = service
        self._name = name
        self._pattern = pattern
        self._sdk = sdk

    @property
    def sync(self) -> Operation:
        """The operation, waiting until the job it starts is done."""
        return Operation(self._service, self._name, ".sync", self._sdk)

    @property
    def wait_for_task_token(self) -> Operation:
        """The operation, waiting until somebody returns the task token that the parameters pass on."""
        return Operation(self._service, self._name, ".waitForTaskToken", self._sdk)

    def __call__(self, name: str, /, **given: Any) -> Task:
        if not isinstance(name, str):
            raise DeclarationError(f"a step's name comes first, not {name!r}", f"write {self!r}('Name', ...)")
        arguments = {key: value for key, value in given.items() if key[:1].isupper()}
        options = {key: value for key, value in given.items() if not key[:1].isupper()}
        unknown = next((key for key in options if key not in _OPTIONS), None)
        if unknown is not None:
            from sfdsl.diagnostics import near

            capital = "".join(word[:1].upper() + word[1:] for word in unknown.split("_"))
            close = near(unknown[:1].upper() + unknown[1:], arguments) or near(unknown, _OPTIONS)
            raise DeclarationError(
                f"{self!r} has no option {unknown!r}",
                f"did you mean {close!r}?" if close else f"parameters of the API begin with a capital: {capital!r}",
            )
        return Task(name, self._resource(), arguments, **options)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise DeclarationError(
            f"{self!r} has no integration pattern {name!r}",
            "there are .sync and .wait_for_task_token, and none for the answer at once",
        )

    def __repr__(self) -> str:
        pattern = {"": "", ".sync": ".sync", ".waitForTaskToken": ".wait_for_task_token"}[self._pattern]
        return f"aws.{'sdk.' if self._sdk else ''}{self._service}.{self._name}{pattern}"

    def _resource(self) -> str:
        from sfdsl.aws.resource import Pattern, service_task
        from sfdsl.aws.services import resolve

        call = resolve(self._service, self._name, sdk=self._sdk)
        pattern = Pattern(self._pattern)
        if pattern is Pattern.SYNC and (call.service, call.api) == ("states", "startExecution"):
            pattern = Pattern.SYNC_2  # the child's output as JSON; `.sync` gives it as text
        return service_task(call.service, call.api, pattern=pattern, sdk=call.sdk).text


_OPTIONS = frozenset(
    {
        "timeout", "heartbeat", "credentials", "resources", "output", "comment", "idempotent", "asserts", "fused",
        "duration", "suppress",
    }
)  # fmt: skip


class Service:
    """The operations of one service."""

    def __init__(self, name: str, sdk: bool = False) -> None:
        self._name = name
        self._sdk = sdk

    def __getattr__(self, name: str) -> Operation:
        if name.startswith("_"):
            raise AttributeError(name)
        return Operation(self._name, name, sdk=self._sdk)

    def __dir__(self) -> list[str]:
        from sfdsl.aws.services import author_operations

        return list(author_operations(self._name))

    def __repr__(self) -> str:
        return f"aws.{'sdk.' if self._sdk else ''}{self._name}"


class Services:
    """All services. An operation that Step Functions has an optimized form of is in that form; `aws.sdk` never is."""

    def __init__(self, sdk: bool = False) -> None:
        self._sdk = sdk

    @property
    def sdk(self) -> Services:
        """The services by their AWS SDK integrations, even where there is an optimized one."""
        return Services(sdk=True)

    def __getattr__(self, name: str) -> Service:
        if name.startswith("_"):
            raise AttributeError(name)
        return Service(name, sdk=self._sdk)

    def __dir__(self) -> list[str]:
        from sfdsl.aws.services import author_services

        return ["sdk", *author_services()]

    def __repr__(self) -> str:
        return "aws.sdk" if self._sdk else "aws"


aws = Services()
"""`aws.<service>.<operation>("Name", Parameter=...)`."""


def activity(name: str, arn: str, arguments: Any = None, **options: Any) -> Task:
    """A step that a worker of your own does: it asks for work at an activity.

    Args:
        name: Of the state.
        arn: Of the activity.
        arguments: What the worker is given; None gives it the state's input.
        options: Those of `Task`.
    """
    return Task(name, arn, **({} if arguments is None else {"arguments": arguments}), **options)
