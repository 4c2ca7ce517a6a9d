"""Bedrock: models, inference profiles and knowledge bases."""

from __future__ import annotations

import re

from sfdsl.permissions.arns import expand, fields, is_arn, is_placeholder, pattern
from sfdsl.permissions.collector import Collector
from sfdsl.permissions.services.storage import s3_resource
from sfdsl.permissions.statements import Resource
from sfdsl.permissions.values import GAP

__all__ = ["invoke_model", "retrieve_and_generate"]


_PROFILE = re.compile(r"(?:us|eu|apac|us-gov|ca|jp|au|sa|global)\.(?P<model>[a-z0-9-]+\..+)")


def model_resources(needs: Collector, argument: str) -> list[Resource]:
    """What a call of a model is authorised on.

    Source: Bedrock User Guide, "Prerequisites for inference profiles": the profile, and its model in every region.
    """
    every = "arn:*:bedrock:*"
    value = needs.get(argument)
    found = []
    for text in value.texts if value is not None else (GAP,):
        if is_arn(text):
            found.append(Resource(text=pattern(text), shape=every, open=GAP in text))
            parts = fields(text)
            kind, _, name = (parts[5] if parts is not None else "").partition("/")
            if kind == "inference-profile" and (profile := _PROFILE.fullmatch(name)) is not None:
                found.append(_model_everywhere(profile["model"], every))
            elif kind == "application-inference-profile":
                found.append(_model_everywhere(GAP, every))
        elif (profile := _PROFILE.fullmatch(text)) is not None:
            found.append(
                Resource(text=pattern(expand("~bedrock:inference-profile/") + text), shape=every, open=GAP in text)
            )
            found.append(_model_everywhere(profile["model"], every))
        elif text.startswith(GAP) or is_placeholder(text):
            name = text if is_placeholder(text) else "*"
            for kind in ("application-inference-profile", "inference-profile", "provisioned-model"):
                if name == "*":
                    found.append(Resource(text=expand(f"~bedrock:{kind}/*"), shape=every, open=True))
            region = "*" if name == "*" else "${AWS::Region}"
            model = f"arn:${{AWS::Partition}}:bedrock:{region}::foundation-model/{name}"
            found.append(Resource(text=model, shape=every, open=name == "*"))
        else:
            model = f"arn:${{AWS::Partition}}:bedrock:${{AWS::Region}}::foundation-model/{text}"
            found.append(Resource(text=pattern(model), shape=every, open=GAP in text))
    if value is not None and value.dynamic:
        needs.unknown("bedrock:InvokeModel", found[-1], value.path)
    return found


def _model_everywhere(model: str, every: str) -> Resource:
    return Resource(
        text=pattern(f"arn:${{AWS::Partition}}:bedrock:{GAP}::foundation-model/{model}"), shape=every, open=True
    )


def invoke_model(needs: Collector) -> None:
    """Call a model, with a guardrail and with input and output in S3 where the call names them."""
    value = needs.get("ModelId")
    needs.allow(
        "bedrock:InvokeModel",
        model_resources(needs, "ModelId"),
        argument=value.path if value is not None else "",
        why="call the model",
    )
    for path in ("GuardrailIdentifier", "GuardrailConfig.GuardrailIdentifier"):
        if (guardrail := needs.get(path)) is not None and guardrail.certain:
            needs.templates("bedrock:ApplyGuardrail", f"~bedrock:guardrail/{{{path}@}}", why="apply the guardrail")
    for action, path, ending in (("s3:GetObject", "Input.S3Uri", ""), ("s3:PutObject", "Output.S3Uri", "/*")):
        if (uri := needs.get(path)) is not None and uri.certain:
            found = [s3_resource(text, ending) for text in uri.texts]
            if uri.dynamic:
                needs.unknown(action, found[0], uri.path)
            needs.allow(action, found, argument=uri.path, why="read the input" if not ending else "write the output")


def retrieve_and_generate(needs: Collector) -> None:
    """Ask a model about a knowledge base: retrieval and generation are authorised each on its own.

    Source: Bedrock User Guide, "Set up permissions to create and query knowledge bases".
    """
    base = "RetrieveAndGenerateConfiguration.KnowledgeBaseConfiguration"
    needs.allow("bedrock:RetrieveAndGenerate", None, why="ask the knowledge base")
    needs.templates(
        "bedrock:Retrieve", f"~bedrock:knowledge-base/{{{base}.KnowledgeBaseId@}}", why="ask the knowledge base"
    )
    found = model_resources(needs, f"{base}.ModelArn")
    needs.allow("bedrock:InvokeModel", found, argument=f"{needs.arguments.key}.{base}.ModelArn", why="call the model")
