"""Lambda: which version or alias of a function a call is authorised on."""

from __future__ import annotations

from sfdsl.permissions.arns import expand, fields, is_arn, pattern, split
from sfdsl.permissions.collector import Collector
from sfdsl.permissions.statements import Resource
from sfdsl.permissions.values import GAP

__all__ = ["function_resource", "invoke_function"]


def function_resource(text: str, qualifier: str | None) -> str:
    """The ARN that a call of a function is authorised on: with the version or alias where the call names one.

    Source: Lambda Developer Guide, "Resources and conditions for Lambda actions": a policy on the unqualified ARN does
    not allow a qualified call, nor the other way round.
    """
    if is_arn(text):
        parts = fields(text)
        qualified = parts is not None and len(split(parts[5])) > 2
        whole = text
    else:
        parts = split(text)
        if len(parts) >= 3 and parts[1] == "function":
            whole, qualified = f"arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:{text}", len(parts) > 3
        else:
            whole, qualified = expand("~lambda:function:") + text, len(parts) > 1
    if qualifier is not None and not qualified and not whole.endswith(GAP):
        whole += f":{qualifier}"
    return pattern(whole)


def invoke_function(needs: Collector) -> None:
    """Call a function by name or ARN, at a version or alias where the call names one."""
    name, qualifier = needs.get("FunctionName"), needs.get("Qualifier")
    every = expand("~lambda:function:*")
    if name is None:
        needs.templates("lambda:InvokeFunction", "~lambda:function:{FunctionName}", why="call the function")
        return
    qualifiers: list[str | None] = list(qualifier.texts) if qualifier is not None else [None]
    if qualifier is not None and not qualifier.certain and GAP not in qualifier.texts:
        qualifiers.append(None)
    found = []
    for text in name.texts:
        for each in qualifiers:
            resource = Resource(text=function_resource(text, each), shape=every, open=GAP in text + (each or ""))
            found.append(resource)
            if resource.open:
                argument = name.path if GAP in text else qualifier.path if qualifier is not None else ""
                needs.unknown("lambda:InvokeFunction", resource, argument)
    needs.allow("lambda:InvokeFunction", found, argument=name.path, why="call the function")
