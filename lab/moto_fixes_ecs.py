"""Where moto's ECS differs from AWS in what remediations rely on: a task does not end because somebody looks at it.

Its interface may have no DNS name: then moto fails to run a task.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ecs.models import Task

# Typed as Any: what they hold is replaced.
AnyInterface: Any = NetworkInterface
AnyTask: Any = Task


def apply() -> None:
    """Make this process's moto answer as AWS does; once more does no harm."""
    AnyTask.advance = _stay
    AnyInterface.private_dns_name = ""


def take_back() -> None:
    """Make this process's moto answer as it does by itself."""
    if "advance" in vars(AnyTask):
        del AnyTask.advance
    if "private_dns_name" in vars(AnyInterface):
        del AnyInterface.private_dns_name


def _stay(task: Any) -> None:
    """moto moves a task one step towards its end each time it is described."""
