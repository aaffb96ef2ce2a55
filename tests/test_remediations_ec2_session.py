"""An instance is denied its role: its own session of it and no other's, whatever the profile is called."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.model import Resource
from chalicelib.reconcile import plan, read
from lab.scenes.ec2_instance import ROLE
from lab.scenes.iam_role import make_role
from remediations.ec2 import deny_instance_session
from tests.aws import ACCOUNT, REGION, Aws, apply, make, undo

INSTANCE = Resource("AWS::EC2::Instance", "i-0123456789abcdef0", ACCOUNT, REGION)
DENY = deny_instance_session.remediation


@pytest.fixture
def iam(aws: Aws) -> Any:
    make(aws, INSTANCE)
    return aws.boto.client("iam")


def denials(iam: Any, role: str) -> list[Any]:
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    found = [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]
    statements = [s for policy in found for s in policy["Statement"] if s["Effect"] == "Deny"]
    return [json.loads(json.dumps(each["Condition"])) for each in statements]


def test_the_session_that_has_the_instances_name_is_denied_and_no_other(aws: Aws, iam: Any) -> None:
    role_id = iam.get_role(RoleName=ROLE)["Role"]["RoleId"]
    change = apply(aws, DENY, INSTANCE)
    assert denials(iam, ROLE) == [{"StringEquals": {"aws:userid": f"{role_id}:{INSTANCE.id}"}}]
    undo(aws, DENY, INSTANCE, change)
    assert denials(iam, ROLE) == []


def test_the_peer_that_has_the_same_role_keeps_its_session(aws: Aws, iam: Any) -> None:
    ec2: Any = aws.boto.client("ec2")
    found = ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": ["peer"]}])["Reservations"]
    peer = Resource(INSTANCE.type, found[0]["Instances"][0]["InstanceId"], ACCOUNT, REGION)
    apply(aws, DENY, INSTANCE)
    assert read(DENY, aws, peer) == {"session": "allowed", "policy": None}


def given(aws: Aws, profile: str | None) -> None:
    """Give the instance another profile, or none."""
    ec2: Any = aws.boto.client("ec2")
    filters = [{"Name": "instance-id", "Values": [INSTANCE.id]}]
    for each in ec2.describe_iam_instance_profile_associations(Filters=filters)["IamInstanceProfileAssociations"]:
        ec2.disassociate_iam_instance_profile(AssociationId=each["AssociationId"])
    if profile:
        ec2.associate_iam_instance_profile(InstanceId=INSTANCE.id, IamInstanceProfile={"Name": profile})


def test_a_profile_that_is_not_called_as_its_role_leads_to_the_role_that_is_in_it(aws: Aws, iam: Any) -> None:
    make_role(aws.boto, INSTANCE, "batch")
    iam.create_instance_profile(InstanceProfileName="workers", Path="/jobs/")
    iam.add_role_to_instance_profile(InstanceProfileName="workers", RoleName="batch")
    given(aws, "workers")
    apply(aws, DENY, INSTANCE)
    assert (len(denials(iam, "batch")), denials(iam, ROLE)) == (1, [])


def test_an_instance_without_a_role_has_nothing_to_deny(aws: Aws, iam: Any) -> None:
    given(aws, None)
    planned = plan(DENY, aws, INSTANCE)
    assert planned.before == planned.after == {"session": "none"}


def test_a_profile_without_a_role_has_nothing_to_deny(aws: Aws, iam: Any) -> None:
    iam.create_instance_profile(InstanceProfileName="empty")
    given(aws, "empty")
    assert read(DENY, aws, INSTANCE) == {"session": "none"}
