"""Where moto's Auto Scaling and load balancers differ from AWS in what remediations rely on: who is sent requests.

To take out a target that is not there is no error (Elastic Load Balancing API reference, DeregisterTargets). moto
registers every instance of a group again with its target groups whenever the group changes, those on standby too
("Temporarily remove instances from your Auto Scaling group", Amazon EC2 Auto Scaling User Guide).
"""

from __future__ import annotations

from typing import Any

from moto.autoscaling.models import AutoScalingBackend
from moto.elbv2.models import FakeTargetGroup

# Typed as Any: what they hold is replaced.
AnyBackend: Any = AutoScalingBackend
TargetGroup: Any = FakeTargetGroup

_moto_deregister = TargetGroup.deregister
_moto_update_attached_target_groups = AnyBackend.update_attached_target_groups


def apply() -> None:
    """Make this process's moto answer as AWS does; once more does no harm."""
    AnyBackend.update_attached_target_groups = _update_attached_target_groups
    TargetGroup.deregister = _deregister


def take_back() -> None:
    """Make this process's moto answer as it does by itself."""
    AnyBackend.update_attached_target_groups = _moto_update_attached_target_groups
    TargetGroup.deregister = _moto_deregister


def _update_attached_target_groups(backend: Any, group_name: str) -> None:
    group = backend.autoscaling_groups[group_name]
    everything = group.instance_states
    group.instance_states = [each for each in everything if each.lifecycle_state != "Standby"]
    try:
        _moto_update_attached_target_groups(backend, group_name)
    finally:
        group.instance_states = everything


def _deregister(group: Any, targets: list[dict[str, Any]]) -> None:
    _moto_deregister(group, [target for target in targets if target["Id"] in group.targets])
