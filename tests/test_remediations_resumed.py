"""A write that died at any of its calls is taken up again from whatever it left, in both directions."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.model import Json, Remediation, Resource
from chalicelib.reconcile import plan, read, write
from lab.single import scene_of
from remediations.cloudtrail import recreate_trail, restore_settings
from remediations.config import recreate_recorder
from remediations.dns import restore_query_logs
from remediations.ec2 import (
    block_ip_in_network_acl,
    detach_elastic_ip,
    leave_autoscaling,
    protect_from_termination,
    replace_instance_profile,
    restore_flow_logs,
    revoke_default_security_group_rules,
)
from remediations.eks import remove_access_entry
from tests.aws import ACCOUNT, REGION, Aws, make, opened

SEVERAL = [
    block_ip_in_network_acl.remediation,
    detach_elastic_ip.remediation,
    leave_autoscaling.remediation,
    protect_from_termination.remediation,
    recreate_recorder.remediation,
    recreate_trail.remediation,
    remove_access_entry.remediation,
    replace_instance_profile.remediation,
    restore_flow_logs.remediation,
    restore_query_logs.remediation,
    restore_settings.remediation,
    revoke_default_security_group_rules.remediation,
]
READS = ("Describe", "Get", "List")


class Died(BaseException):
    """The process is gone: nothing catches this."""


def died(aws: Aws, remediation: Remediation, resource: Resource, states: tuple[Json, Json], at: int, when: str) -> bool:
    """Write, and die before or after the call of this number that changes something; return whether it came to that."""
    now, then = states
    left = [at]

    def count(model: Any, **_: Any) -> None:
        left[0] -= not model.name.startswith(READS)
        if not left[0]:
            left[0] = -1
            raise Died

    services = {action.split(":")[0] for action in (*remediation.reads, *remediation.writes)} - {"iam", "logs"}
    names = ["elbv2" if service == "elasticloadbalancing" else service for service in services]
    for name in names:
        aws.client(name).meta.events.register_last(when, count, unique_id="die")
    try:
        write(remediation, aws, resource, now, then)
    except Died:
        return True
    finally:
        for name in names:
            aws.client(name).meta.events.unregister(when, count, unique_id="die")
    return False


@pytest.mark.parametrize("when", ["before-call", "after-call"])
@pytest.mark.parametrize("remediation", SEVERAL, ids=lambda each: each.id)
def test_it_goes_on_where_it_died(remediation: Remediation, when: str) -> None:
    scene = scene_of(remediation)
    id_ = ACCOUNT if remediation.resource_type == "AWS::Account" else scene.example
    resource = Resource(remediation.resource_type, id_, ACCOUNT, REGION, details=scene.details)
    dead = 0
    for at in range(1, 20):
        with opened() as aws:
            make(aws, resource)
            if instead := scene.instead.get(remediation.id):
                instead(aws.boto, resource)
            planned = plan(remediation, aws, resource)
            there = died(aws, remediation, resource, (planned.before, planned.after), at, when)
            write(remediation, aws, resource, read(remediation, aws, resource), planned.after)
            assert read(remediation, aws, resource) == planned.after
            back = died(aws, remediation, resource, (planned.after, planned.before), at, when)
            write(remediation, aws, resource, read(remediation, aws, resource), planned.before)
            assert read(remediation, aws, resource) == planned.before
        if not there and not back:
            break
        dead += 1
    assert 1 <= dead < 19
