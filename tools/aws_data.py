"""Write the package data of `sfdsl/aws/data` from the fact tables in ../shared/facts.

Run it from the root of the checkout: `python tools/aws_data.py`. What it writes is committed and reviewed; with
`--check` it writes nothing and exits 1 if a file is stale.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FACTS = ROOT.parent / "shared" / "facts"
DATA = ROOT / "sfdsl" / "aws" / "data"

SUFFIX = {
    "request_response": "",
    "run_job": ".sync",
    "run_job_json_output": ".sync:2",
    "wait_for_callback": ".waitForTaskToken",
}
SHARED_FIELDS = ("botocore", "error_prefix", "exactly_one_of", "enums", "errors")
PATTERN_FIELDS = ("poll_action", "cancel_action", "result_note", "failure_note", "child_type", "note", "auth_note")
PERMISSIONS_NOTES = ("resource-level control", "PassRole", "also authorised")  # for the IAM data

# Where integrations.json names no prefix. The first four stand in sdk_integrations.md, "Error names"; the next three
# are in use in published definitions; nobody has confirmed the last two.
ERROR_PREFIXES = {
    "athena": "Athena",
    "codebuild": "CodeBuild",
    "eks": "EKS",
    "sagemaker": "SageMaker",
    "bedrock": "Bedrock",
    "databrew": "DataBrew",
    "emr-serverless": "EMRServerless",
    "emr-containers": "EMRContainers",
    "mediaconvert": "MediaConvert",
}
UNCONFIRMED_PREFIXES = ("emr-containers", "mediaconvert")

# Required by the API, but every SDK fills in a token where there is none, and so does Step Functions:
# definitions in use leave it out.
IDEMPOTENCY_TOKENS = ("ClientToken", "ClientRequestToken", "IdempotencyToken")


def integrations() -> dict[str, Any]:
    """Optimized integrations: what all patterns of an API share, once, and what each pattern adds."""
    services: dict[str, Any] = {}
    for form in json.loads((FACTS / "integrations.json").read_text())["integrations"]:
        service = services.setdefault(form["service"], {"source": form["source_url"], "apis": {}})
        api = service["apis"].setdefault(form["api"], {})
        for field in SHARED_FIELDS:
            if field in form and api.setdefault(field, form[field]) != form[field]:
                raise SystemExit(f"{form['resource']}: {field} differs between patterns")
        if form["service"] in ERROR_PREFIXES:
            api.setdefault("error_prefix", ERROR_PREFIXES[form["service"]])
        if form["service"] in UNCONFIRMED_PREFIXES:
            api["error_prefix_confirmed"] = False
        params = form["params"]
        parameters = {
            "allowed": params["allowed"],
            "required": [name for name in params["required"] if name not in IDEMPOTENCY_TOKENS],
            # Whether the list is the request of the API, so that a newer botocore may know more.
            "whole_request": params["source"].startswith("botocore"),
        }
        if api.setdefault("parameters", parameters) != parameters:
            raise SystemExit(f"{form['resource']}: parameters differ between patterns")
        pattern: dict[str, Any] = {"express": form["express"]}
        for field in PATTERN_FIELDS:
            value = form.get(field)
            if value is not None and not any(words in value for words in PERMISSIONS_NOTES):
                pattern[field] = value
        api.setdefault("patterns", {})[SUFFIX[form["pattern"]]] = pattern
    return services


def services() -> dict[str, Any]:
    """Services of the aws-sdk integration by ASL's name; `botocore` is null where the service has been retired."""
    facts = json.loads((FACTS / "sdk_iam_map.json").read_text())
    listed = {
        name: {
            "botocore": entry["botocore"],
            "error_prefix": entry["exception_prefix"],
            **({"unsupported": entry["unsupported_operations"]} if entry["unsupported_operations"] else {}),
        }
        for name, entry in sorted(facts["services"].items())
    }
    unlisted = {entry["would_be_named"]: entry["botocore"] for entry in facts["unlisted_services"]}
    return {"listed": listed, "unlisted": dict(sorted(unlisted.items()))}


def text_of(value: Any, depth: int) -> str:
    """JSON with one line for each entry `depth` levels down: compact, and a change is a line of the diff."""
    return _text(value, depth, "") + "\n"


def _text(value: Any, depth: int, indent: str) -> str:
    if depth == 0 or not isinstance(value, dict) or not value:
        return json.dumps(value, ensure_ascii=False)
    inner = indent + " "
    entries = [f"{inner}{json.dumps(key)}: {_text(item, depth - 1, inner)}" for key, item in value.items()]
    return "{\n" + ",\n".join(entries) + "\n" + indent + "}"


def main(arguments: list[str]) -> int:
    """Write, or with `--check` compare, every file."""
    if not FACTS.is_dir():
        print("../shared/facts is not beside this checkout", file=sys.stderr)
        return 2
    files = {"integrations.json": text_of(integrations(), 5), "services.json": text_of(services(), 2)}
    stale = [name for name, text in files.items() if not (DATA / name).exists() or (DATA / name).read_text() != text]
    for name in stale:
        if "--check" in arguments:
            print(f"{DATA / name} is not what the facts say; run python tools/aws_data.py", file=sys.stderr)
        else:
            (DATA / name).write_text(files[name])
            print(f"wrote sfdsl/aws/data/{name}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
