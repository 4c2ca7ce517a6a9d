"""Right-sizing from measurements: functions, Glue jobs, EMR clusters, batches. Without data there is no advice.

Each part takes what was measured and gives an `Advice`, or None where what there is, is the best of what was measured.
Nothing is extrapolated: a size that nobody measured is never recommended, but for workers that were measured idle.
"""

from sfdsl.cost.sizing.advice import RULES, Advice, SizingError, finding
from sfdsl.cost.sizing.batches import Batch, best_batch, best_concurrency
from sfdsl.cost.sizing.emr import ClusterUse, instance_count, spot
from sfdsl.cost.sizing.glue import GlueRun, flex, glue_runs, idle_workers, worker_type
from sfdsl.cost.sizing.joint import Size, joint
from sfdsl.cost.sizing.lambda_memory import Power, lambda_memory, power_tuning
from sfdsl.cost.sizing.measured import Sized, advise

__all__ = [
    "RULES",
    "Advice",
    "Batch",
    "ClusterUse",
    "GlueRun",
    "Power",
    "Size",
    "Sized",
    "SizingError",
    "advise",
    "best_batch",
    "best_concurrency",
    "finding",
    "flex",
    "glue_runs",
    "idle_workers",
    "instance_count",
    "joint",
    "lambda_memory",
    "power_tuning",
    "spot",
    "worker_type",
]
