"""Write `sfdsl/aws/data/iam_*.json`: which permission each call needs, from the fact tables in ../shared/facts.

Run it from the root of the checkout: `python tools/iam_data.py`. What it writes is committed and reviewed; with
`--check` it writes nothing and exits 1 if a file is stale. `sfdsl/aws/iam.py` describes the format.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from iam_data_sdk import calls

ROOT = Path(__file__).resolve().parent.parent
FACTS = ROOT.parent / "shared" / "facts"
DATA = ROOT / "sfdsl" / "aws" / "data"

SUFFIX = {
    "request_response": "",
    "run_job": ".sync",
    "run_job_json_output": ".sync:2",
    "wait_for_callback": ".waitForTaskToken",
}

# Calls whose permissions follow from more than one argument at a time; `sfdsl/permissions` derives them in code.
IN_CODE = {
    "athena:getQueryResults": "the bucket of the results depends on the workgroup",
    "athena:startQueryExecution": "the query, the workgroup and the bucket of the results decide together",
    "apigateway:invoke": "needs a permission only with AuthType IAM_ROLE, on endpoint, stage, method and path together",
    "batch:submitJob": "a job definition with or without its revision",
    "bedrock:invokeModel": "an inference profile needs its models as well; S3Uri names bucket and key",
    "ecs:runTask": "the cluster of the task, the roles of the task definition",
    "http:invoke": "conditions on method and endpoint",
    "lambda:invoke": "name, ARN and Qualifier decide together",
    "mediaconvert:createJob": "queue, template and presets, each of them optional",
    "sns:publish": "topic, endpoint or telephone number",
    "sqs:sendMessage": "the queue's ARN is taken from its URL",
    "states:startExecution": "the ARN of executions is taken from the machine's",
}

# An ARN is given whole: where it is known only at run time, its type is all that is known.
ARN_ONLY = {
    "AutoScalingRole": "~iam:role/{AutoScalingRole@}",  # EMR takes names as well
    "ExecutionRoleArn": "~iam:role/{ExecutionRoleArn!}",
    "NodeRole": "~iam:role/{NodeRole!}",
    "PodExecutionRoleArn": "~iam:role/{PodExecutionRoleArn!}",
    "RoleArn": "~iam:role/{RoleArn!}",
    "ServiceRole": "~iam:role/{ServiceRole@}",
    "TrainingJobDefinition.RoleArn": "~iam:role/{TrainingJobDefinition.RoleArn!}",
}

# A condition in words becomes the argument whose presence it speaks of.
WHEN = {
    "Tags is set": "Tags",
    "AutoScalingRole is set": "AutoScalingRole",
    # Only the first cluster or application of an account needs it, and which one that is nobody knows beforehand.
    "first EMR cluster of the account": None,
    "first EMR Serverless application of the account": None,
}


def optimized() -> dict[str, Any]:
    """What each pattern of each optimized API needs."""
    services: dict[str, Any] = {}
    for form in json.loads((FACTS / "integrations.json").read_text())["integrations"]:
        name = f"{form['service']}:{form['api']}"
        if name in IN_CODE:
            continue
        grants = [grant(name, entry) for entry in form.get("iam_narrowed") or form["iam"]]
        apis = services.setdefault(form["service"], {})
        apis.setdefault(form["api"], {})[SUFFIX[form["pattern"]]] = corrected(name, SUFFIX[form["pattern"]], grants)
    return services


def grant(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    """One statement of the facts, in the format of the data."""
    made: dict[str, Any] = {
        "actions": entry["actions"],
        "resources": [template(name, resource) for resource in entry["resources"]],
    }
    if "conditions" in entry:
        made["conditions"] = conditions(entry["conditions"])
    if (when := WHEN.get(entry["when"], entry["when"]) if "when" in entry else None) is not None:
        made["when"] = when
    return made


def conditions(value: dict[str, Any]) -> dict[str, Any]:
    """Conditions with placeholders as the templates of resources have them."""
    text = json.dumps(value).replace('"{ExecutionRoleArn}"', '"~iam:role/{ExecutionRoleArn!}"')
    found: dict[str, Any] = json.loads(text)
    return found


def template(name: str, resource: Any) -> str:
    """A resource of the facts as a template: `~glue:job/{JobName}`."""
    if resource == "*":
        return "*"
    text: str = resource["template"]
    if resource.get("arn_only"):
        return ARN_ONLY[resource["from_parameter"]]
    if resource.get("accepts_arn"):
        text = re.sub(r"(?<!\$)\{([\w.\[\]]+)\}", r"{\1@}", text)
    if "default" in resource:
        text = re.sub(r"(?<!\$)\{([\w.\[\]]+@?)\}", rf"{{\1|{resource['default']}}}", text)
    text = re.sub(r"^arn:\$\{Partition\}:([\w-]+):\$\{Region\}:\$\{Account\}:", r"~\1:", text)
    text = re.sub(r"^arn:\$\{Partition\}:iam::\$\{Account\}:", "~iam:", text)
    text = text.replace("${Partition}", "${AWS::Partition}").replace("${Region}", "${AWS::Region}")
    if "${Account}" in text:
        raise SystemExit(f"{name}: cannot abbreviate {text}")
    return text


def corrected(name: str, suffix: str, grants: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the facts say, with what the service authorization reference allows to be narrower or demands beyond it."""
    service = name.split(":")[0]
    made = [dict(entry) for entry in grants]
    if service == "sagemaker":
        made = _sagemaker(name, suffix, made)
    if name == "elasticmapreduce:createCluster":
        made = _create_cluster(made)
    if name == "eks:createNodegroup":
        made = _create_nodegroup(made)
    if name == "eks:createCluster":
        for entry in made:
            if entry["actions"] == ["eks:DescribeCluster", "eks:DeleteCluster"]:
                entry["resources"] = ["~eks:cluster/{Name}"]
    if name == "emr-serverless:createApplication":
        for entry in made:
            if entry["actions"] == ["emr-serverless:CreateApplication"]:
                entry["resources"] = ["*"]  # the reference lists no resource type for this action
    if name == "emr-serverless:cancelJobRun":
        for entry in made:
            if "emr-serverless:CancelJobRun" in entry["actions"]:
                entry["resources"] = ["~emr-serverless:/applications/{ApplicationId}/jobruns/{JobRunId}"]
    if name.startswith("emr-containers:") or name.startswith("emr-serverless:"):
        made = _tagging(name, made)
    return made


def _tagging(name: str, grants: list[dict[str, Any]]) -> list[dict[str, Any]]:
    # A call that carries tags is authorised for TagResource on what it creates as well.
    # Source: Service Authorization Reference, both services, action TagResource.
    on = {
        "emr-containers:createVirtualCluster": "~emr-containers:/virtualclusters/*",
        "emr-containers:startJobRun": "~emr-containers:/virtualclusters/{VirtualClusterId}/jobruns/*",
        "emr-serverless:createApplication": "~emr-serverless:/applications/*",
        "emr-serverless:startJobRun": "~emr-serverless:/applications/{ApplicationId}/jobruns/*",
    }.get(name)
    if on is None:
        return grants
    return [*grants, {"actions": [f"{name.split(':')[0]}:TagResource"], "resources": [on], "when": "Tags"}]


def _create_nodegroup(grants: list[dict[str, Any]]) -> list[dict[str, Any]]:
    made = []
    for entry in grants:
        if "eks:CreateNodegroup" in entry["actions"]:
            # Only ec2:DescribeSubnets has no resource type.
            made.append({"actions": ["ec2:DescribeSubnets"], "resources": ["*"]})
            made.append({"actions": ["eks:CreateNodegroup"], "resources": ["~eks:cluster/{ClusterName}"]})
        elif entry["actions"] == ["iam:GetRole", "iam:ListAttachedRolePolicies"]:
            made.append({**entry, "resources": ["~iam:role/{NodeRole!}"]})  # EKS looks at the role it is given
        elif "eks:DescribeNodegroup" in entry["actions"]:
            made.append({**entry, "resources": ["~eks:nodegroup/{ClusterName}/{NodegroupName}/*"]})
        else:
            made.append(entry)
    return made


def _create_cluster(grants: list[dict[str, Any]]) -> list[dict[str, Any]]:
    made = []
    for entry in grants:
        if "elasticmapreduce:DescribeCluster" in entry["actions"]:
            # RunJobFlow alone has no resource type; the cluster's id is not known before it runs.
            made.append({"actions": ["elasticmapreduce:RunJobFlow"], "resources": ["*"]})
            others = [action for action in entry["actions"] if action != "elasticmapreduce:RunJobFlow"]
            made.append({"actions": others, "resources": ["~elasticmapreduce:cluster/*"]})
        elif entry["actions"] == ["elasticmapreduce:AddTags"]:
            made.append({**entry, "resources": ["~elasticmapreduce:cluster/*"]})
        elif entry["resources"] == ["~iam:role/{JobFlowRole}"]:
            # EMR takes the name of an instance profile. That its role has the same name is assumed, as EMR's own
            # default has it (EMR_EC2_DefaultRole); `resources` on the step says otherwise.
            made.append({**entry, "resources": ["~iam:role/{JobFlowRole}"]})
        else:
            made.append(entry)
    if not any("iam:CreateServiceLinkedRole" in entry["actions"] for entry in made):
        # The documentation grants it with request-response only; the job needs it just as much.
        made.append(
            {
                "actions": ["iam:CreateServiceLinkedRole"],
                "resources": [
                    "~iam:role/aws-service-role/elasticmapreduce.amazonaws.com*/AWSServiceRoleForEMRCleanup*"
                ],
                "conditions": {
                    "StringLike": {
                        "iam:AWSServiceName": ["elasticmapreduce.amazonaws.com", "elasticmapreduce.amazonaws.com.cn"]
                    }
                },
            }
        )
    return made


def _sagemaker(name: str, suffix: str, grants: list[dict[str, Any]]) -> list[dict[str, Any]]:
    own = next(text for text in grants[0]["resources"])
    own = own.replace("}*", "}")  # the name is exact: SageMaker appends nothing to it
    made = []
    for entry in grants:
        if entry["actions"] in (["sagemaker:ListTags"], ["sagemaker:AddTags"]):
            # The documentation's `*`; the reference lists the types of everything that can be tagged.
            made.append({**entry, "resources": [own]})
            if suffix == ".sync":
                # Step Functions tags the jobs that it waits for (MANAGED_BY_AWS), whether the call has tags or not.
                # The documentation's templates leave it out. Source: github.com/aws/aws-cdk, issues 26012 and 32294.
                made[-1].pop("when", None)
        elif entry["actions"][0].startswith("sagemaker:"):
            made.append({**entry, "resources": [own]})
        else:
            made.append(entry)
    if name in ("sagemaker:createEndpoint", "sagemaker:updateEndpoint"):
        made[0] = {**made[0], "resources": [own, "~sagemaker:endpoint-config/{EndpointConfigName}"]}
    if name == "sagemaker:createHyperParameterTuningJob":
        # Several definitions may stand in TrainingJobDefinitions instead; each has its role.
        for entry in made:
            if entry["actions"] == ["iam:PassRole"]:
                entry["resources"] = [
                    "~iam:role/{TrainingJobDefinition.RoleArn!}",
                    "~iam:role/{TrainingJobDefinitions[].RoleArn!}",
                ]
    if name == "sagemaker:updateEndpoint":
        made = [entry for entry in made if entry["actions"] != ["sagemaker:AddTags"]]  # the API takes no Tags
    return made


def text_of(value: Any, depth: int) -> str:
    """JSON with one line for each entry `depth` levels down: compact, and a change is a line of the diff."""
    return _text(value, depth, "") + "\n"


def _text(value: Any, depth: int, indent: str) -> str:
    if depth == 0 or not isinstance(value, dict) or not value:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    inner = indent + " "
    entries = [f"{inner}{json.dumps(key)}: {_text(item, depth - 1, inner)}" for key, item in value.items()]
    return "{\n" + ",\n".join(entries) + "\n" + indent + "}"


def main(arguments: list[str]) -> int:
    """Write, or with `--check` compare, every file."""
    if not FACTS.is_dir():
        print("../shared/facts is not beside this checkout", file=sys.stderr)
        return 2
    files = {
        "iam_optimized.json": text_of(optimized(), 1),
        "iam_sdk.json": text_of(calls(FACTS), 1),
    }
    stale = [name for name, text in files.items() if not (DATA / name).exists() or (DATA / name).read_text() != text]
    for name in stale:
        if "--check" in arguments:
            print(f"{DATA / name} is not what the facts say; run python tools/iam_data.py", file=sys.stderr)
        else:
            (DATA / name).write_text(files[name])
            print(f"wrote sfdsl/aws/data/{name}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
