"""EMR clusters: how many instances, and Spot for those that may go, from what was measured.

Prices of EC2 instances are not ours to know: they are given, the EMR surcharge included or not, as the user pays them.
Source: Amazon EMR metrics in CloudWatch, `YARNMemoryAvailablePercentage`.
"""

from __future__ import annotations

import math

from attrs import frozen

from sfdsl.cost.sizing.advice import Advice, SizingError


@frozen(kw_only=True)
class ClusterUse:
    """What was measured of a cluster during its runs.

    Attributes:
        instances: Core and task instances.
        hours: Mean time of a run.
        instance_hour: Dollars for one instance and hour, as the user pays.
        free_memory: Least `YARNMemoryAvailablePercentage` during the runs, 0 to 100; None was not measured.
        runs: How many runs that is.
    """

    instances: int
    hours: float
    instance_hour: float
    free_memory: float | None = None
    runs: int = 1


def instance_count(state: str, use: ClusterUse, *, least: int = 1, headroom: float = 15.0) -> Advice | None:
    """How many instances would have been enough; None where all were needed.

    Args:
        state: That runs the cluster.
        use: What was measured.
        least: Instances that must stay, for HDFS or a minimum of the fleet.
        headroom: Percent of the memory that is to stay free at the peak.

    Raises:
        SizingError: The free memory was not measured.
    """
    if use.free_memory is None:
        raise SizingError(f"for the cluster of {state!r} the available YARN memory was not measured")
    used = use.instances * (100 - use.free_memory) / 100
    wanted = max(least, math.ceil(used / (1 - headroom / 100) - 1e-9))
    if wanted >= use.instances:
        return None
    rate = use.hours * use.instance_hour
    return Advice(
        state=state,
        change=f"run {wanted} instances (now {use.instances})",
        before=use.instances * rate,
        after=wanted * rate,
        seconds_before=use.hours * 3600,
        seconds_after=use.hours * 3600,
        basis=f"{use.free_memory:g} % of the memory were free at the peak of {use.runs} runs",
        caveat="the work is bound by memory and not by processors",
    )


def spot(
    state: str, use: ClusterUse, task_instances: int, spot_hour: float, interruptions: float, redo_hours: float
) -> Advice | None:
    """What Spot saves for the task instances; None where interruptions eat it up.

    Args:
        state: That runs the cluster.
        use: What was measured.
        task_instances: Those that hold no data and may go.
        spot_hour: Dollars for one of them and hour as Spot.
        interruptions: Measured interruptions of an instance and hour.
        redo_hours: Instance hours that one interruption costs, to do its work again.

    Raises:
        SizingError: More task instances than instances.
    """
    if task_instances > use.instances:
        raise SizingError(f"the cluster of {state!r} has {use.instances} instances, fewer than {task_instances}")
    others = (use.instances - task_instances) * use.hours * use.instance_hour
    before = others + task_instances * use.hours * use.instance_hour
    hours = task_instances * use.hours
    again = hours * interruptions * redo_hours
    after = others + (hours + again) * spot_hour
    if after >= before * (1 - 1e-9):
        return None
    longer = use.hours * (1 + interruptions * redo_hours)
    return Advice(
        state=state,
        change=f"run the {task_instances} task instances as Spot",
        before=before,
        after=after,
        seconds_before=use.hours * 3600,
        seconds_after=longer * 3600,
        basis=f"{interruptions:g} interruptions of an instance and hour, at {spot_hour:g} dollars an hour",
    )
