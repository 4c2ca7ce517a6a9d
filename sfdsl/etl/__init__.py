"""The architecture's patterns: functions that return steps, built of nothing but what a pipeline file has, too."""

from sfdsl.etl.correction import correction_loop
from sfdsl.etl.dead_letters import dead_letter
from sfdsl.etl.intervention import manual_intervention
from sfdsl.etl.lineage import Dataset, stage
from sfdsl.etl.notification import notify
from sfdsl.etl.polling import poll
from sfdsl.etl.quality import quality_gate
from sfdsl.etl.rightsizing import right_size_functions, right_size_glue_job

__all__ = [
    "Dataset",
    "correction_loop",
    "dead_letter",
    "manual_intervention",
    "notify",
    "poll",
    "quality_gate",
    "right_size_functions",
    "right_size_glue_job",
    "stage",
]
