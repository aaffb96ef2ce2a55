"""What takes an instance out of service: each touches that instance alone, and gives back exactly what it took."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.autoscaling.models import autoscaling_backends
from moto.ec2.models import ec2_backends

from chalicelib.errors import Busy, Gone, Unsupported
from chalicelib.model import Remediation, Resource
from chalicelib.reconcile import plan, read, write
from remediations.ec2 import (
    detach_elastic_ip,
    leave_autoscaling,
    protect_from_termination,
    replace_instance_profile,
    require_imdsv2,
    stop_instance,
)
from tests.aws import ACCOUNT, REGION, Aws, apply, make, round_trip, undo

INSTANCE = Resource("AWS::EC2::Instance", "i-0123456789abcdef0", ACCOUNT, REGION)
DETACH, LEAVE = detach_elastic_ip.remediation, leave_autoscaling.remediation
PROTECT, PROFILE = protect_from_termination.remediation, replace_instance_profile.remediation
IMDS, STOP = require_imdsv2.remediation, stop_instance.remediation
ALL = (DETACH, LEAVE, PROTECT, PROFILE, IMDS, STOP)

every = pytest.mark.parametrize("remediation", ALL, ids=lambda r: r.id)


@pytest.fixture
def ec2(aws: Aws) -> Any:
    return aws.boto.client("ec2")


def peer(ec2: Any) -> Resource:
    found = ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": ["peer"]}])["Reservations"]
    return Resource(INSTANCE.type, found[0]["Instances"][0]["InstanceId"], ACCOUNT, REGION)


def moto_instance() -> Any:
    return ec2_backends[ACCOUNT][REGION].get_instance(INSTANCE.id)


# All of them


@every
def test_the_peer_of_the_same_group_role_and_network_stays_as_it_is(
    aws: Aws, ec2: Any, remediation: Remediation
) -> None:
    make(aws, INSTANCE)
    other = peer(ec2)
    before = [read(each, aws, other) for each in ALL]
    change = apply(aws, remediation, INSTANCE)
    assert [read(each, aws, other) for each in ALL] == before
    undo(aws, remediation, INSTANCE, change)
    assert [read(each, aws, other) for each in ALL] == before


@every
def test_a_terminated_instance_is_gone(aws: Aws, ec2: Any, remediation: Remediation) -> None:
    make(aws, INSTANCE)
    ec2.terminate_instances(InstanceIds=[INSTANCE.id])
    with pytest.raises(Gone):
        read(remediation, aws, INSTANCE)


@every
def test_an_instance_that_never_was_is_gone(aws: Aws, remediation: Remediation) -> None:
    with pytest.raises(Gone):
        read(remediation, aws, INSTANCE)


# Protect from termination


def test_termination_is_denied_shutdown_stops_and_every_volume_is_kept(aws: Aws, ec2: Any) -> None:
    make(aws, INSTANCE)
    assert apply(aws, PROTECT, INSTANCE) == (
        {"termination": "allowed", "shutdown": "terminate", "volumes": {"/dev/xvda": "deleted", "/dev/sdf": "kept"}},
        {"termination": "denied", "shutdown": "stop", "volumes": {"/dev/xvda": "kept", "/dev/sdf": "kept"}},
    )
    with pytest.raises(ClientError, match="OperationNotPermitted"):
        ec2.terminate_instances(InstanceIds=[INSTANCE.id])


def test_one_attribute_is_changed_a_call_and_only_those_that_differ(aws: Aws) -> None:
    make(aws, INSTANCE)
    planned = plan(PROTECT, aws, INSTANCE)
    aws.calls.clear()
    write(PROTECT, aws, INSTANCE, planned.before, planned.after)
    one = {"InstanceId": INSTANCE.id}
    assert aws.calls == [
        ("ModifyInstanceAttribute", {**one, "DisableApiTermination": {"Value": True}}),
        ("ModifyInstanceAttribute", {**one, "Attribute": "instanceInitiatedShutdownBehavior", "Value": "stop"}),
        (
            "ModifyInstanceAttribute",
            {**one, "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"DeleteOnTermination": False}}]},
        ),
    ]


def test_of_a_spot_instance_only_the_volumes_are_kept(aws: Aws) -> None:
    make(aws, INSTANCE)
    aws.client("ec2").meta.events.register("after-call.ec2.DescribeInstances", _is_spot)
    before, after = apply(aws, PROTECT, INSTANCE)
    assert (set(before), after) == ({"volumes"}, {"volumes": {"/dev/xvda": "kept", "/dev/sdf": "kept"}})


def _is_spot(parsed: Any, **_: Any) -> None:
    for reservation in parsed["Reservations"]:
        for instance in reservation["Instances"]:
            instance["InstanceLifecycle"] = "spot"


def test_a_volume_that_was_detached_meanwhile_does_not_stop_the_undo_of_the_rest(aws: Aws, ec2: Any) -> None:
    make(aws, INSTANCE)
    before, _ = apply(aws, PROTECT, INSTANCE)
    found = ec2.describe_instances(InstanceIds=[INSTANCE.id])["Reservations"][0]["Instances"][0]
    volume = next(m["Ebs"]["VolumeId"] for m in found["BlockDeviceMappings"] if m["DeviceName"] == "/dev/xvda")
    ec2.detach_volume(VolumeId=volume, InstanceId=INSTANCE.id)
    write(PROTECT, aws, INSTANCE, read(PROTECT, aws, INSTANCE), before)
    assert read(PROTECT, aws, INSTANCE) == {**before, "volumes": {"/dev/sdf": "kept"}}


# Leave Auto Scaling and target groups


def test_it_goes_on_standby_and_out_of_the_target_groups_of_the_group_and_of_others(aws: Aws) -> None:
    make(aws, INSTANCE)
    before, after = apply(aws, LEAVE, INSTANCE)
    targets = {arn.split("/")[1]: those for arn, those in before["targets"].items()}
    assert (before["group"], targets) == (
        "in service",
        {"web": [{"Id": INSTANCE.id, "Port": 443}], "web-operations": [{"Id": INSTANCE.id, "Port": 9100}]},
    )
    assert after == {"group": "standby", "targets": {}}
    undo(aws, LEAVE, INSTANCE, (before, after))


def test_the_group_keeps_its_capacity_while_the_instance_stands_by(aws: Aws) -> None:
    make(aws, INSTANCE)
    autoscaling = aws.boto.client("autoscaling")
    group = lambda: autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]  # noqa: E731
    assert group()["DesiredCapacity"] == 2
    apply(aws, LEAVE, INSTANCE)
    assert group()["DesiredCapacity"] == 2
    assert sorted(i["LifecycleState"] for i in group()["Instances"]) == ["InService", "InService", "Standby"]


def test_an_instance_without_a_group_only_leaves_the_target_groups(aws: Aws) -> None:
    make(aws, INSTANCE)
    aws.boto.client("autoscaling").detach_instances(
        InstanceIds=[INSTANCE.id], AutoScalingGroupName="web", ShouldDecrementDesiredCapacity=True
    )
    change = apply(aws, LEAVE, INSTANCE)
    assert (change[0]["group"], change[1]) == ("none", {"group": "none", "targets": {}})
    undo(aws, LEAVE, INSTANCE, change)


def test_a_target_that_is_its_address_is_taken_out_too(aws: Aws, ec2: Any) -> None:
    make(aws, INSTANCE)
    elb = aws.boto.client("elbv2")
    found = ec2.describe_instances(InstanceIds=[INSTANCE.id])["Reservations"][0]["Instances"][0]
    made = elb.create_target_group(Name="by-address", Protocol="TCP", Port=25, VpcId=found["VpcId"], TargetType="ip")
    arn = made["TargetGroups"][0]["TargetGroupArn"]
    elb.register_targets(TargetGroupArn=arn, Targets=[{"Id": found["PrivateIpAddress"]}, {"Id": "10.20.2.250"}])
    before, _ = apply(aws, LEAVE, INSTANCE)
    assert before["targets"][arn] == [{"Id": found["PrivateIpAddress"], "Port": 25}]
    left = elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    assert [each["Target"]["Id"] for each in left] == ["10.20.2.250"]


@pytest.mark.parametrize(
    ("state", "place"),
    [("EnteringStandby", "standby"), ("Pending:Wait", "in service"), ("Standby", "standby")],
)
def test_a_state_on_the_way_counts_as_where_it_leads(aws: Aws, state: str, place: str) -> None:
    make(aws, INSTANCE)
    put_in(state)
    assert read(LEAVE, aws, INSTANCE)["group"] == place


@pytest.mark.parametrize("state", ["Terminating:Wait", "Warmed:Stopped", "Detaching"])
def test_a_state_from_which_no_way_leads_to_standby_is_said(aws: Aws, state: str) -> None:
    make(aws, INSTANCE)
    put_in(state)
    with pytest.raises(Unsupported, match=rf"^{INSTANCE.id} is {state} in web: "):
        read(LEAVE, aws, INSTANCE)


def put_in(state: str) -> None:
    members = autoscaling_backends[ACCOUNT][REGION].autoscaling_groups["web"].instance_states
    next(member for member in members if member.instance.id == INSTANCE.id).lifecycle_state = state


# Detach Elastic IPs


def test_the_addresses_of_all_interfaces_go_and_come_back_where_they_were(aws: Aws, ec2: Any) -> None:
    make(aws, INSTANCE)
    attached = [{"Name": "attachment.instance-id", "Values": [INSTANCE.id]}]
    found = ec2.describe_network_interfaces(Filters=attached)["NetworkInterfaces"]
    [second] = [interface for interface in found if interface["Attachment"]["DeviceIndex"] == 1]
    other = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.associate_address(AllocationId=other, NetworkInterfaceId=second["NetworkInterfaceId"])
    before, after = apply(aws, DETACH, INSTANCE)
    assert (len(before), before[other], after) == (
        2,
        {"interface": second["NetworkInterfaceId"], "address": second["PrivateIpAddress"]},
        {},
    )
    undo(aws, DETACH, INSTANCE, (before, after))


def test_an_address_that_went_to_the_peer_meanwhile_is_not_taken_from_it(aws: Aws, ec2: Any) -> None:
    make(aws, INSTANCE)
    before, after = apply(aws, DETACH, INSTANCE)
    [allocation] = before
    ec2.associate_address(AllocationId=allocation, InstanceId=peer(ec2).id)
    with pytest.raises(ClientError, match=r"Resource\.AlreadyAssociated"):
        write(DETACH, aws, INSTANCE, after, before)
    assert allocation in read(DETACH, aws, peer(ec2))


# Take the instance profile off


def test_the_profile_goes_and_comes_back_by_its_arn(aws: Aws) -> None:
    make(aws, INSTANCE)
    profile = f"arn:aws:iam::{ACCOUNT}:instance-profile/instance-web"
    change = apply(aws, PROFILE, INSTANCE)
    assert change == ({"profile": profile}, {"profile": None})
    undo(aws, PROFILE, INSTANCE, change)


def test_to_give_the_profile_back_without_leave_to_pass_its_role_is_refused(aws: Aws) -> None:
    with pytest.raises(ClientError, match="not authorized to perform: iam:PassRole"):
        round_trip(aws, PROFILE, INSTANCE, tuple({*PROFILE.reads, *PROFILE.writes} - {"iam:PassRole"}))


def test_the_profile_and_its_role_stay_for_others(aws: Aws) -> None:
    make(aws, INSTANCE)
    apply(aws, PROFILE, INSTANCE)
    found = aws.boto.client("iam").get_instance_profile(InstanceProfileName="instance-web")["InstanceProfile"]
    assert [role["RoleName"] for role in found["Roles"]] == ["instance-web"]


# Stop


def test_a_running_instance_is_stopped_and_started_again(aws: Aws) -> None:
    make(aws, INSTANCE)
    change = apply(aws, STOP, INSTANCE)
    assert change == ({"state": "running"}, {"state": "stopped"})
    undo(aws, STOP, INSTANCE, change)


def test_an_instance_that_is_still_stopping_is_not_yet_stopped_and_cannot_be_called_back(aws: Aws) -> None:
    make(aws, INSTANCE)
    moto_instance()._state.name = "stopping"
    now = read(STOP, aws, INSTANCE)
    assert now == {"state": "stopping"}
    with pytest.raises(Busy, match="is still stopping"):
        write(STOP, aws, INSTANCE, now, {"state": "running"})


def test_an_instance_without_an_ebs_root_cannot_be_stopped(aws: Aws) -> None:
    make(aws, INSTANCE)
    moto_instance().root_device_type = "instance-store"
    with pytest.raises(Unsupported, match="has its root on an instance store"):
        read(STOP, aws, INSTANCE)


# Require IMDSv2


def test_only_the_token_changes_and_other_metadata_options_stay(aws: Aws, ec2: Any) -> None:
    make(aws, INSTANCE)
    ec2.modify_instance_metadata_options(
        InstanceId=INSTANCE.id, HttpPutResponseHopLimit=2, InstanceMetadataTags="enabled"
    )
    change = apply(aws, IMDS, INSTANCE)
    found = ec2.describe_instances(InstanceIds=[INSTANCE.id])["Reservations"][0]["Instances"][0]["MetadataOptions"]
    assert change == ({"imdsv2": "optional"}, {"imdsv2": "required"})
    assert found == {
        "State": "applied",
        "HttpTokens": "required",
        "HttpPutResponseHopLimit": 2,
        "HttpEndpoint": "enabled",
        "HttpProtocolIpv6": "disabled",
        "InstanceMetadataTags": "enabled",
    }


def test_an_instance_that_serves_no_metadata_is_left_alone(aws: Aws, ec2: Any) -> None:
    make(aws, INSTANCE)
    ec2.modify_instance_metadata_options(InstanceId=INSTANCE.id, HttpEndpoint="disabled")
    assert not plan(IMDS, aws, INSTANCE).needed
