"""Declare AWS Step Functions data pipelines in Python; compile them to ASL, IAM, diagrams and a page.

Everything a pipeline file needs is here; functions for expressions are in `sfdsl.fn`, patterns in `sfdsl.etl`.
"""

# The package of facts about AWS is loaded before the name `aws` is given to the authors' object: Python binds a
# package's name in its parent when it loads it, and would take the name away again later.
import sfdsl.aws  # noqa: F401 - see above  # isort: skip
from sfdsl import fn
from sfdsl.dsl.fragments import fragment
from sfdsl.dsl.maps import Batch, DistributedMap, Map, Reader, Writer
from sfdsl.dsl.pipeline import Pipeline
from sfdsl.dsl.policies import Defaults, Retry
from sfdsl.dsl.references import context
from sfdsl.dsl.services import activity, aws
from sfdsl.dsl.steps import Choice, Fail, Parallel, Pass, Raise, Raw, Succeed, Wait
from sfdsl.jsonata import jsonata

__all__ = [
    "Batch",
    "Choice",
    "Defaults",
    "DistributedMap",
    "Fail",
    "Map",
    "Parallel",
    "Pass",
    "Pipeline",
    "Raise",
    "Raw",
    "Reader",
    "Retry",
    "Succeed",
    "Wait",
    "Writer",
    "activity",
    "aws",
    "context",
    "fn",
    "fragment",
    "jsonata",
]
