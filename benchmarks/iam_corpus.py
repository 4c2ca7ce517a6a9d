"""Our permissions against those that people wrote: `python benchmarks/iam_corpus.py`, with ../shared at hand.

Every difference is classified on evidence that does not come from the derivation itself: the documented needs of the
calls in the definition, as the fact tables restate them. What the documentation asks for and we do not grant, or we
grant and nothing documents, is our mistake unless this script gives the ground.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from sfdsl.aws.resource import LambdaFunction, ServiceTask, Unresolved, parse
from sfdsl.graph import WorkflowGraph
from sfdsl.model.asl import read
from sfdsl.model.states import Map, Task
from sfdsl.model.workflow import MachineType, Workflow
from sfdsl.permissions import Permissions, Surroundings, derive

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
FORGOTTEN = "they forgot it"
ELSEWHERE = "granted to the role elsewhere (managed policy, connector)"
NOT_NEEDED = "not needed by the state machine itself"
MISTAKE = "our mistake"

SUFFIX = {
    "request_response": "",
    "run_job": ".sync",
    "run_job_json_output": ".sync:2",
    "wait_for_callback": ".waitForTaskToken",
}

# What the documentation's templates grant and a machine does not need, or not this one.
MORE_THAN_NEEDED = {
    "s3:CreateBucket": "Athena's results go to a bucket that exists",
    "glue:*": "changes of the catalogue are needed by queries that change it; these queries read",
    "iam:CreateServiceLinkedRole": "starting a job makes no service-linked role",
}
# What is needed beyond the documentation's templates, with the source.
BEYOND_TEMPLATES = {
    "athena:GetDataCatalog": "Athena User Guide, access to data catalogs",
    "emr-serverless:TagResource": "Service Authorization Reference",
    "execute-api:ManageConnections": "API Gateway Developer Guide, @connections",
    "iam:PassRole": "Service Authorization Reference, dependent action of the call",
    "mediaconvert:TagResource": "Developer Guide: Step Functions tags the jobs it creates",
    "redshift:GetClusterCredentials": "Redshift Management Guide, Data API",
    "redshift:GetClusterCredentialsWithIAM": "Redshift Management Guide, Data API",
    "redshift-serverless:GetCredentials": "Redshift Management Guide, Data API",
    "s3:GetObject": "Textract, Rekognition and Transcribe read objects in the caller's name",
    "s3:PutObject": "Transcribe and Textract write results in the caller's name",
    "s3:GetObjectTagging": "CopyObject takes the tags of its source along",
    "s3:PutObjectTagging": "CopyObject takes the tags of its source along",
    "sagemaker:AddTags": "Step Functions tags the jobs it waits for (github.com/aws/aws-cdk, issues 26012, 32294)",
    "secretsmanager:GetSecretValue": "the data APIs read the secret in the caller's name",
    "states:StopExecution": "Developer Guide, Distributed Map and nested executions",
}
# What managed policies that the corpus names cover; they are attached beside the policies it quotes.
MANAGED = {
    "AWSLambdaRole": ("lambda:InvokeFunction",),
    "AWSStepFunctionsFullAccess": ("states:*",),
    "AWSXRayDaemonWriteAccess": ("xray:*",),
    "AWSXRayWriteOnlyAccess": ("xray:*",),
    "AWSXrayFullAccess": ("xray:*",),
    "AWSXrayWriteOnlyAccess": ("xray:*",),
    "AmazonS3FullAccess": ("s3:*",),
    "CloudWatchFullAccess": ("logs:*", "cloudwatch:*"),
    "CloudWatchLogsFullAccess": ("logs:*",),
    "IAMReadOnlyAccess": ("iam:List*", "iam:Get*"),
}


def matches(pattern: str, action: str) -> bool:
    """Whether an action, or a pattern of actions, is within a pattern; case does not count."""
    expression = re.escape(pattern.lower()).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, action.lower()) is not None


class Documented:
    """What the documentation says that calls need, whatever their arguments."""

    def __init__(self) -> None:
        facts = SHARED / "facts"
        self.forms: dict[str, set[str]] = {}
        content = json.loads((facts / "integrations.json").read_text())
        for form in content["integrations"]:
            key = f"{form['service']}:{form['api']}{SUFFIX[form['pattern']]}"
            statements = [*form["iam"], *form.get("iam_narrowed", ())]
            self.forms[key] = {action for statement in statements for action in statement["actions"]}
        self.features = content["features"]
        self.map = json.loads((facts / "sdk_iam_map.json").read_text())
        self.reference = json.loads((facts / "iam_resources.json").read_text())["actions"]

    def of(self, task: ServiceTask) -> set[str]:
        """The actions of one call."""
        if not task.sdk:
            return self.forms.get(f"{task.service}:{task.api}{task.suffix}", set())
        listed = self.map["exceptions"].get(f"{task.service}:{task.api}")
        if listed is not None:
            # Some are needed only by calls with a certain kind of item or statement.
            found = {entry["action"] for entry in listed if not entry.get("conditional")}
        else:
            service = self.map["services"].get(task.service) or {}
            found = {f"{service.get('iam_prefix')}:{task.api[:1].upper()}{task.api[1:]}"}
        for action in list(found):
            prefix, _, name = action.partition(":")
            found.update(*self.reference.get(prefix, {}).get(name, ["", [], []])[2:3])
        return found

    def around(self, feature: str) -> set[str]:
        """The actions of a feature."""
        return {action for entry in self.features[feature]["iam"] for action in entry["actions"]}


def text_of(value: Any) -> str | None:
    """A template's value as text with placeholders, where it has one."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and "Fn::Sub" in value and isinstance(value["Fn::Sub"], str):
        return str(value["Fn::Sub"])
    return None


def substitutions(row: dict[str, Any]) -> dict[str, str]:
    """The definition's substitutions that say which integration is called; others would only rename placeholders."""
    found = {name: text_of(value) for name, value in (row.get("definition_substitutions") or {}).items()}
    return {name: text for name, text in found.items() if text is not None and ":states:::" in text}


class Definition:
    """One definition of the corpus with its role and ours."""

    def __init__(self, row: dict[str, Any], documented: Documented) -> None:
        self.row = row
        machine = read(json.loads((SHARED / "corpus" / row["file"]).read_text()))
        kind = MachineType.EXPRESS if row["type"] == "EXPRESS" else MachineType.STANDARD
        graph = WorkflowGraph(Workflow(name=row["id"], machine=machine, type=kind))
        known = substitutions(row)
        around = Surroundings(logging=bool(row.get("logging")), tracing=bool(row.get("tracing")), substitutions=known)
        self.permissions: Permissions = derive(graph, around)
        self.ours = self.permissions.actions()
        self.theirs = [action for action in row.get("iam_actions") or () if action != "*"]
        self.everything = "*" in (row.get("iam_actions") or ())
        self.documented: set[str] = set()
        self.credentials = False
        for _, state in graph.states():
            if isinstance(state, Task) and state.resource:
                text = re.sub(r"\$\{(\w+)\}", lambda m: known.get(m[1], m[0]), state.resource)
                resource = parse(text)
                if isinstance(resource, ServiceTask):
                    self.documented |= documented.of(resource)
                elif isinstance(resource, LambdaFunction | Unresolved):
                    self.documented.add("lambda:InvokeFunction")
                self.credentials |= bool(state.credentials)
            elif isinstance(state, Map) and state.distributed:
                self.documented |= {"states:StartExecution", "states:DescribeExecution", "states:RedriveExecution"}
                if state.item_reader is not None:
                    config = state.item_reader.reader_config
                    flatten = config is not None and config.transformation == "LOAD_AND_FLATTEN"
                    listing = "listObjectsV2" in (state.item_reader.resource or "")
                    self.documented |= {"s3:ListBucket"} if listing else {"s3:GetObject"}
                    self.documented |= {"s3:GetObject"} if flatten else set()
                if state.result_writer is not None:
                    self.documented |= {
                        "s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload",
                    }  # fmt: skip
        if self.credentials:
            self.documented.add("sts:AssumeRole")
        for feature in ("logging", "tracing"):
            if row.get(feature):
                self.documented |= documented.around(feature)

    def only_theirs(self) -> list[tuple[str, str, str]]:
        """What they grant and we do not: action, class, ground."""
        found = []
        for action in self.theirs:
            if any(matches(action, own) for own in self.ours):
                continue
            wanted = [need for need in self.documented if matches(action, need) and need not in self.ours]
            if not wanted:
                prefix = action.partition(":")[0].lower()
                called = any(need.partition(":")[0].lower() == prefix for need in self.documented)
                ground = "no state calls this operation" if called else "no state calls this service"
                if prefix in ("logs", "xray") and not called:
                    ground = "the template turns neither logs nor traces on"
                if prefix == "kms":
                    ground = "the key of encrypted data stands beside the definition and is told to us (data_keys)"
                found.append((action, NOT_NEEDED, ground))
                continue
            grounds = {ground for need in wanted if (ground := _known(MORE_THAN_NEEDED, need))}
            found.append((action, NOT_NEEDED, grounds.pop()) if grounds else (action, MISTAKE, "documented"))
        return found

    def only_ours(self) -> list[tuple[str, str, str]]:
        """What we grant and they do not: action, class, ground."""
        found = []
        managed = [
            covered
            for name in self.row.get("managed_policies") or ()
            for covered in MANAGED.get(str(name).rpartition("/")[2], ())
        ]
        for action in sorted(self.ours):
            if self.everything or any(matches(pattern, action) for pattern in self.theirs):
                continue
            if any(matches(pattern, action) for pattern in managed):
                found.append((action, ELSEWHERE, "a managed policy"))
            elif self.row.get("sam_connectors"):
                found.append((action, ELSEWHERE, "an AWS::Serverless::Connector"))
            elif action in self.documented:
                found.append((action, FORGOTTEN, "documented for a call or feature of the definition"))
            elif ground := _known(BEYOND_TEMPLATES, action):
                found.append((action, FORGOTTEN, ground))
            else:
                found.append((action, MISTAKE, "not documented"))
        return found


def _known(grounds: dict[str, str], action: str) -> str | None:
    return next((ground for pattern, ground in grounds.items() if matches(pattern, action)), None)


def bare(statements: list[Any]) -> tuple[int, int]:
    """How many statements there are, and how many of them are about `*`."""
    count = stars = 0
    for statement in statements:
        options = statement["Fn::If"][1:] if "Fn::If" in statement else [statement]
        for option in options:
            if not isinstance(option, dict) or option.get("Effect") != "Allow":
                continue
            resources = option.get("Resource")
            count += 1
            stars += "*" in (resources if isinstance(resources, list) else [resources])
    return count, stars


def definitions() -> list[Definition]:
    """Every definition whose role the corpus knows."""
    documented = Documented()
    rows = [json.loads(line) for line in (SHARED / "corpus" / "index.jsonl").read_text().splitlines()]
    return [Definition(row, documented) for row in rows if row.get("iam_actions")]


def main() -> int:
    """Print the table; 1 where anything is our mistake."""
    if not SHARED.is_dir():
        print("../shared is not beside this checkout", file=sys.stderr)
        return 2
    found = definitions()
    mistakes = 0
    human = sum(entry.row["iam_origin"] == "human" for entry in found)
    print(f"{len(found)} definitions with a role, {human} of them written by hand")
    for title, side in (("granted by them, not by us", "only_theirs"), ("granted by us, not by them", "only_ours")):
        classes: Counter[tuple[str, str]] = Counter()
        examples: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        same = 0
        for entry in found:
            differences = getattr(entry, side)()
            same += not differences
            for action, kind, ground in differences:
                classes[kind, ground] += 1
                examples[kind, ground][action] += 1
                if kind == MISTAKE:
                    mistakes += 1
                    print(f"  {MISTAKE}: {entry.row['id']} {action}")
        print(f"\n{title}: {sum(classes.values())} in {len(found) - same} definitions, none in {same}")
        totals = Counter(kind for kind, _ in classes.elements())
        for kind in (FORGOTTEN, ELSEWHERE, NOT_NEEDED, MISTAKE):
            print(f"  {totals[kind]:5}  {kind}")
            for (own, ground), number in classes.most_common():
                if own == kind:
                    most = ", ".join(f"{action} {n}" for action, n in examples[own, ground].most_common(3))
                    print(f"         {number:5}  {ground}: {most}")
    theirs = [bare(entry.row["iam_statements"] or []) for entry in found if entry.row["iam_statements"]]
    ours = [
        (len(entry.permissions.statements), sum(s.resources == ("*",) for s in entry.permissions.statements))
        for entry in found
        if entry.row["iam_statements"]
    ]
    print("\nstatements with a bare * resource, in definitions whose statements the corpus quotes:")
    for name, pairs in (("theirs", theirs), ("ours", ours)):
        count, stars = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
        print(f"  {name:7} {stars:4} of {count:4}  {stars / count:.1%}")
    needless = [
        (statement.actions, entry.row["id"])
        for entry in found
        for statement in entry.permissions.statements
        if statement.resources == ("*",) and any(_has_types(action) for action in statement.actions)
    ]
    print(f"  ours on * although an action of theirs has resource types: {len(needless)} {needless[:3] or ''}")
    print(f"\n{MISTAKE}: {mistakes}")
    return 1 if mistakes else 0


def _has_types(action: str) -> bool:
    prefix, _, name = action.partition(":")
    reference = json.loads((SHARED / "facts" / "iam_resources.json").read_text())["actions"] if not _REFERENCE else None
    if reference:
        _REFERENCE.update(reference)
    return bool(_REFERENCE.get(prefix, {}).get(name, ["", []])[1])


_REFERENCE: dict[str, Any] = {}

if __name__ == "__main__":
    sys.exit(main())
