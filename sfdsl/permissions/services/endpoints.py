"""HTTPS endpoints and API Gateway."""

from __future__ import annotations

import re

from sfdsl.permissions.arns import DOMAIN, expand, fields, is_placeholder, pattern, split
from sfdsl.permissions.collector import Collector
from sfdsl.permissions.statements import Resource
from sfdsl.permissions.values import GAP, Value

__all__ = ["invoke_api", "invoke_http"]


def invoke_http(needs: Collector) -> None:
    """Call an endpoint with one method, and authenticate with a connection and its secret.

    Source: Step Functions Developer Guide, "Call HTTPS APIs in Step Functions workflows", permissions.
    """
    endpoint, method = needs.get("ApiEndpoint"), needs.get("Method")
    conditions: dict[str, dict[str, object]] = {}
    if method is not None and not method.dynamic:
        conditions["StringEquals"] = {"states:HTTPMethod": list(method.texts)}
    if endpoint is not None and not all(text.startswith(GAP) for text in endpoint.texts):
        conditions["StringLike"] = {"states:HTTPEndpoint": [pattern(text) for text in endpoint.texts]}
    if endpoint is not None and endpoint.dynamic:
        known = pattern(next(text for text in endpoint.texts if GAP in text))
        needs.unknown("states:InvokeHTTPEndpoint", Resource(text=known, shape="*"), endpoint.path)
    # The action has no resource type; the two conditions are what narrows it.
    needs.allow(
        "states:InvokeHTTPEndpoint",
        [Resource(text="*")],
        argument=endpoint.path if endpoint is not None else "",
        why="call the endpoint",
        conditions=conditions,
    )
    for path in ("Authentication.ConnectionArn", "InvocationConfig.ConnectionArn"):
        if (connection := needs.get(path)) is not None:
            _connection(needs, connection, path)


def _connection(needs: Collector, connection: Value, path: str) -> None:
    needs.templates(
        "events:RetrieveConnectionCredentials", f"~events:connection/{{{path}!}}", why="authenticate at the endpoint"
    )
    secrets = []
    every = expand("~secretsmanager:secret:events!connection/*")
    for text in connection.texts:
        if is_placeholder(text):
            secret = needs.beside(text, "SecretArn", "ARN of the secret of the connection")
            secrets.append(Resource(text=secret, shape=every, open=True))
            continue
        parts = fields(text)
        name = split(parts[5], "/")[1] if parts is not None and len(split(parts[5], "/")) > 1 else GAP
        resource = pattern(expand(f"~secretsmanager:secret:events!connection/{name}/") + GAP)
        secrets.append(Resource(text=resource, shape=every, open=True))
    needs.allow(
        ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"),
        secrets,
        argument=connection.path,
        why="read what the connection authenticates with",
    )


_API = re.compile(rf"(?:https?://)?(?P<id>[^./]+)(?:\.execute-api\.(?P<region>.+?)\.{DOMAIN})?/?")


def invoke_api(needs: Collector) -> None:
    """Call a stage of an API, where the API asks for a signature."""
    kind = needs.get("AuthType")
    if kind is None or not any(text in ("IAM_ROLE", GAP) for text in kind.texts):
        return  # an API that asks nobody for a signature
    endpoint = needs.get("ApiEndpoint")
    stage, method, path = needs.get("Stage"), needs.get("Method"), needs.get("Path")
    found = []
    for text in endpoint.texts if endpoint is not None else (GAP,):
        api, region = GAP, "${AWS::Region}"
        if (parsed := _API.fullmatch(text)) is not None and not is_placeholder(text):
            api = parsed["id"]
            region = parsed["region"] or region
        elif is_placeholder(text):
            api = needs.beside(text, "Id", "id of the API whose endpoint is")
        for rest in _paths(stage, method, path):
            arn = f"arn:${{AWS::Partition}}:execute-api:{region}:${{AWS::AccountId}}:{api}/{rest}"
            found.append(
                Resource(text=pattern(arn), shape=expand("~execute-api:*"), open=GAP in arn or is_placeholder(text))
            )
    dynamic = next((value for value in (endpoint, stage, method, path) if value is not None and value.dynamic), None)
    if dynamic is not None:
        needs.unknown("execute-api:Invoke", found[0], dynamic.path)
    # What goes back through a WebSocket API is managed, not invoked.
    # Source: API Gateway Developer Guide, "Use @connections commands in your backend service".
    sockets = path is not None and all("@connections" in text for text in path.texts)
    action = "execute-api:ManageConnections" if sockets else "execute-api:Invoke"
    needs.allow(action, found, argument=endpoint.path if endpoint is not None else "", why="call the API")


def _paths(stage: Value | None, method: Value | None, path: Value | None) -> list[str]:
    stages = stage.texts if stage is not None else (GAP,)
    methods = method.texts if method is not None else (GAP,)
    paths = path.texts if path is not None else ("",)
    return [f"{s}/{m}/{p.lstrip('/')}" for s in stages for m in methods for p in paths]
