"""A network ACL, flow logs and the default group: only what is ours goes in and comes out, wherever it is safe."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.errors import Busy, Gone, Unsupported
from chalicelib.model import Resource
from chalicelib.reconcile import plan, read, write
from lab.scenes.ec2_subnet import ALLOW_ALL
from lab.scenes.ec2_vpc import log
from remediations.ec2 import block_ip_in_network_acl, restore_flow_logs, revoke_default_security_group_rules
from remediations.ec2.block_ip_in_network_acl import blockable
from tests.aws import ACCOUNT, REGION, Aws, apply, make, round_trip, undo

IP = "198.51.100.7"
SUBNET = Resource("AWS::EC2::Subnet", "subnet-0123456789abcdef0", ACCOUNT, REGION, details={"ip": IP})
VPC = Resource("AWS::EC2::VPC", "vpc-0123456789abcdef0", ACCOUNT, REGION)
GROUP = Resource("AWS::EC2::SecurityGroup", "sg-0123456789abcdef0", ACCOUNT, REGION)
BLOCK, FLOWS = block_ip_in_network_acl.remediation, restore_flow_logs.remediation
DEFAULT = revoke_default_security_group_rules.remediation
BOTH = ("ingress", "egress")


@pytest.fixture
def ec2(aws: Aws) -> Any:
    return aws.boto.client("ec2")


def acl_of(ec2: Any, subnet: str) -> Any:
    return ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [subnet]}])["NetworkAcls"][0]


def entries(ec2: Any, subnet: str) -> list[tuple[int, str, str, bool]]:
    found = acl_of(ec2, subnet)["Entries"]
    cidr = lambda each: each.get("CidrBlock") or each["Ipv6CidrBlock"]  # noqa: E731
    return sorted((e["RuleNumber"], e["RuleAction"], cidr(e), e["Egress"]) for e in found if e["RuleNumber"] < 32767)


def add(ec2: Any, number: int, cidr: str, action: str = "deny", egress: bool = False) -> None:
    acl = acl_of(ec2, SUBNET.id)["NetworkAclId"]
    block = {"Ipv6CidrBlock" if ":" in cidr else "CidrBlock": cidr}
    ec2.create_network_acl_entry(
        NetworkAclId=acl, RuleNumber=number, Protocol="-1", RuleAction=action, Egress=egress, **block
    )


# Block an address


def test_the_address_is_denied_before_the_first_allow_in_both_directions_and_undo_takes_that_out(
    aws: Aws, ec2: Any
) -> None:
    make(aws, SUBNET)
    before = entries(ec2, SUBNET.id)
    change = apply(aws, BLOCK, SUBNET)
    ours = [(99, "deny", f"{IP}/32", False), (99, "deny", f"{IP}/32", True)]
    assert entries(ec2, SUBNET.id) == [*ours, *before]
    undo(aws, BLOCK, SUBNET, change)
    assert entries(ec2, SUBNET.id) == before


def test_other_entries_and_other_acls_stay(aws: Aws, ec2: Any) -> None:
    make(aws, SUBNET)
    add(ec2, 99, "203.0.113.9/32")
    add(ec2, 50, "198.51.100.0/24", "deny", egress=True)
    before = entries(ec2, SUBNET.id)
    others = [acl for acl in ec2.describe_network_acls()["NetworkAcls"] if acl != acl_of(ec2, SUBNET.id)]
    change = apply(aws, BLOCK, SUBNET)
    ours = [(98, "deny", f"{IP}/32", False), (99, "deny", f"{IP}/32", True)]
    assert entries(ec2, SUBNET.id) == sorted([*before, *ours])
    undo(aws, BLOCK, SUBNET, change)
    assert entries(ec2, SUBNET.id) == before
    assert [a for a in ec2.describe_network_acls()["NetworkAcls"] if a != acl_of(ec2, SUBNET.id)] == others


def test_a_second_address_gets_an_entry_of_its_own_and_each_undo_takes_out_one(aws: Aws, ec2: Any) -> None:
    make(aws, SUBNET)
    other = replace(SUBNET, details={"ip": "203.0.113.9"})
    change = apply(aws, BLOCK, SUBNET)
    apply(aws, BLOCK, other)
    undo(aws, BLOCK, SUBNET, change)
    assert [e for e in entries(ec2, SUBNET.id) if not e[3]] == [
        (98, "deny", "203.0.113.9/32", False),
        (100, "allow", "0.0.0.0/0", False),
    ]


def test_a_denial_that_comes_too_late_is_not_ours_and_stays(aws: Aws, ec2: Any) -> None:
    make(aws, SUBNET)
    add(ec2, 200, f"{IP}/32")
    change = apply(aws, BLOCK, SUBNET)
    assert [change[0][direction] for direction in BOTH] == ["late", "passed"]
    undo(aws, BLOCK, SUBNET, change)
    assert (200, "deny", f"{IP}/32", False) in entries(ec2, SUBNET.id)


def test_an_entry_that_denies_the_address_only_tcp_does_not_count_and_stays(aws: Aws, ec2: Any) -> None:
    make(aws, SUBNET)
    ec2.create_network_acl_entry(
        NetworkAclId=acl_of(ec2, SUBNET.id)["NetworkAclId"],
        RuleNumber=99,
        Protocol="6",
        PortRange={"From": 22, "To": 22},
        RuleAction="deny",
        Egress=False,
        CidrBlock=f"{IP}/32",
    )
    before = entries(ec2, SUBNET.id)
    change = apply(aws, BLOCK, SUBNET)
    assert [change[0][direction] for direction in BOTH] == ["passed", "passed"]
    undo(aws, BLOCK, SUBNET, change)
    assert entries(ec2, SUBNET.id) == before


def test_an_ipv6_address_is_denied_as_ipv6(aws: Aws, ec2: Any) -> None:
    make(aws, SUBNET)
    six = replace(SUBNET, details={"ip": "2001:db8::7"})
    change = apply(aws, BLOCK, six)
    assert (99, "deny", "2001:db8::7/128", False) in entries(ec2, SUBNET.id)
    undo(aws, BLOCK, six, change)


def test_two_subnets_of_one_acl_that_are_planned_together_get_one_entry(aws: Aws, ec2: Any) -> None:
    make(aws, SUBNET)
    planned = plan(BLOCK, aws, SUBNET)
    write(BLOCK, aws, SUBNET, planned.before, planned.after)
    once = entries(ec2, SUBNET.id)
    write(BLOCK, aws, SUBNET, planned.before, planned.after)
    assert entries(ec2, SUBNET.id) == once


def test_an_acl_that_allows_from_its_first_number_on_has_no_room(aws: Aws, ec2: Any) -> None:
    make(aws, SUBNET)
    add(ec2, 1, "0.0.0.0/0", "allow")
    planned = plan(BLOCK, aws, SUBNET)
    with pytest.raises(Unsupported, match="has no free number before its first allow: renumber that entry"):
        write(BLOCK, aws, SUBNET, planned.before, planned.after)


def test_a_number_that_somebody_takes_at_the_same_moment_asks_to_be_tried_again(aws: Aws, ec2: Any) -> None:
    make(aws, SUBNET)
    planned = plan(BLOCK, aws, SUBNET)
    rival = lambda **_: add(ec2, 99, "203.0.113.9/32")  # noqa: E731
    aws.client("ec2").meta.events.register("before-call.ec2.CreateNetworkAclEntry", rival)
    with pytest.raises(Busy, match="somebody took number 99 a moment ago: try again"):
        write(BLOCK, aws, SUBNET, planned.before, planned.after)


def test_an_entry_whose_answer_was_lost_is_not_taken_for_somebody_elses(aws: Aws, ec2: Any) -> None:
    make(aws, SUBNET)
    planned = plan(BLOCK, aws, SUBNET)
    ours = lambda **_: add(ec2, 99, f"{IP}/32")  # noqa: E731 - botocore asks once more, and it is there
    events = aws.client("ec2").meta.events
    events.register_first("before-call.ec2.CreateNetworkAclEntry", ours, unique_id="ours")
    once = lambda **_: events.unregister("before-call.ec2.CreateNetworkAclEntry", unique_id="ours")  # noqa: E731
    events.register_last("before-call.ec2.CreateNetworkAclEntry", once)
    write(BLOCK, aws, SUBNET, planned.before, planned.after)
    assert plan(BLOCK, aws, SUBNET).before == planned.after


def test_a_subnet_that_got_another_acl_is_drift(aws: Aws, ec2: Any) -> None:
    make(aws, SUBNET)
    before, after = apply(aws, BLOCK, SUBNET)
    acl = acl_of(ec2, SUBNET.id)
    new = ec2.create_network_acl(VpcId=acl["VpcId"])["NetworkAcl"]["NetworkAclId"]
    ec2.create_network_acl_entry(NetworkAclId=new, RuleNumber=100, Egress=False, **ALLOW_ALL)
    ec2.replace_network_acl_association(
        AssociationId=acl["Associations"][0]["NetworkAclAssociationId"], NetworkAclId=new
    )
    assert read(BLOCK, aws, SUBNET) not in (before, after)
    with pytest.raises(Unsupported, match="has got another network ACL than"):
        write(BLOCK, aws, SUBNET, after, before)


@pytest.mark.parametrize(
    "text",
    [
        *("", "example.com", "198.51.100.0/24", "198.51.100.7/32", "0.0.0.0/0", "198.51.100.7 ", "${aws:ip}", "1" * 99),
        *("10.0.0.5", "172.31.0.1", "192.168.1.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "224.0.0.1"),
        *("0.0.0.0", "255.255.255.255", "::", "::1", "fd00::1", "fe80::1", "fe80::1%eth0", "ff02::1"),
        *("::ffff:10.0.0.5", "2001:db8::7%eth0"),
    ],
)
def test_what_is_no_single_address_of_the_internet_is_never_blocked(text: str) -> None:
    with pytest.raises(Unsupported):
        blockable(text)


@pytest.mark.parametrize(
    ("text", "cidr"),
    [("198.51.100.7", "198.51.100.7/32"), ("2001:DB8:0::7", "2001:db8::7/128"), ("::ffff:1.2.3.4", "1.2.3.4/32")],
)
def test_an_address_becomes_a_range_of_one(text: str, cidr: str) -> None:
    assert blockable(text) == cidr


def test_an_address_of_the_vpc_itself_is_never_blocked(aws: Aws, ec2: Any) -> None:
    make(aws, SUBNET)
    vpc = acl_of(ec2, SUBNET.id)["VpcId"]
    ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="198.51.100.0/24")
    with pytest.raises(Unsupported, match=f"^{IP} is within {vpc} itself"):
        read(BLOCK, aws, SUBNET)


def test_an_elastic_ip_of_the_account_is_never_blocked(aws: Aws, ec2: Any) -> None:
    make(aws, SUBNET)
    ec2.allocate_address(Domain="vpc", Address=IP)
    with pytest.raises(Unsupported, match=f"^{IP} is an Elastic IP address of this account"):
        read(BLOCK, aws, SUBNET)


def test_a_subnet_that_does_not_exist_is_gone(aws: Aws) -> None:
    with pytest.raises(Gone):
        read(BLOCK, aws, SUBNET)


# Restore flow logs


def logs_of(ec2: Any, *vpcs: str) -> list[Any]:
    return ec2.describe_flow_logs(Filters=[{"Name": "resource-id", "Values": list(vpcs)}] if vpcs else [])["FlowLogs"]


def test_the_vpc_logs_again_where_and_how_most_of_its_neighbours_do(aws: Aws, ec2: Any) -> None:
    make(aws, VPC)
    neighbours = logs_of(ec2)
    change = apply(aws, FLOWS, VPC)
    assert change == ([], ["ours"])
    [made] = logs_of(ec2, VPC.id)
    assert {key: made[key] for key in ("LogDestinationType", "LogDestination", "TrafficType", "Tags")} == {
        "LogDestinationType": "s3",
        "LogDestination": f"arn:aws:s3:::flow-logs-{ACCOUNT}-{REGION}",
        "TrafficType": "ALL",
        "Tags": [{"Key": "countermeasure:incident", "Value": "inc-1"}],
    }
    assert made["MaxAggregationInterval"] == 60
    undo(aws, FLOWS, VPC, change)
    assert logs_of(ec2) == neighbours


def test_a_vpc_that_logs_anywhere_is_left_alone(aws: Aws) -> None:
    make(aws, VPC)
    log(aws.boto, VPC, VPC.id, "own")
    assert plan(FLOWS, aws, VPC).before == plan(FLOWS, aws, VPC).after == ["others"]


def test_another_incident_s_flow_log_counts_as_somebody_else_s(aws: Aws) -> None:
    make(aws, VPC)
    apply(aws, FLOWS, VPC)
    assert read(FLOWS, Aws(aws.boto, incident="inc-2"), VPC) == ["others"]


def test_without_a_neighbour_to_copy_it_says_what_to_do(aws: Aws, ec2: Any) -> None:
    make(aws, VPC)
    ec2.delete_flow_logs(FlowLogIds=[each["FlowLogId"] for each in logs_of(ec2)])
    with pytest.raises(Unsupported, match="has a flow log to S3 that shows where to log; make one flow log there"):
        read(FLOWS, aws, VPC)


def test_a_destination_that_the_event_names_is_not_used(aws: Aws, ec2: Any) -> None:
    make(aws, VPC)
    apply(aws, FLOWS, replace(VPC, details={"destination": "arn:aws:s3:::scratch"}))
    assert [each["LogDestination"] for each in logs_of(ec2, VPC.id)] == [f"arn:aws:s3:::flow-logs-{ACCOUNT}-{REGION}"]


def test_what_aws_did_not_do_although_it_answered_is_an_error(aws: Aws) -> None:
    make(aws, VPC)
    refused = {"ResourceId": VPC.id, "Error": {"Code": "400", "Message": "Access Denied for LogDestination"}}
    answer = lambda parsed, **_: parsed.update(Unsuccessful=[refused])  # noqa: E731
    aws.client("ec2").meta.events.register("after-call.ec2.CreateFlowLogs", answer)
    with pytest.raises(Unsupported, match=f"^{VPC.id}: 400: Access Denied for LogDestination"):
        write(FLOWS, aws, VPC, [], ["ours"])


@pytest.mark.parametrize("action", ["ec2:CreateTags", "logs:CreateLogDelivery", "logs:DeleteLogDelivery"])
def test_a_flow_log_needs_leave_to_tag_and_to_deliver_as_well(aws: Aws, action: str) -> None:
    with pytest.raises(ClientError, match=f"not authorized to perform: {action}"):
        round_trip(aws, FLOWS, VPC, tuple({*FLOWS.reads, *FLOWS.writes} - {action}))


def test_a_vpc_that_does_not_exist_is_gone(aws: Aws) -> None:
    with pytest.raises(Gone):
        read(FLOWS, aws, VPC)


# Empty a default group


def test_a_default_group_is_emptied_and_its_neighbour_stays(aws: Aws, ec2: Any) -> None:
    make(aws, GROUP)
    others = lambda: [g for g in ec2.describe_security_groups()["SecurityGroups"] if g["GroupId"] != GROUP.id]  # noqa: E731
    before = others()
    change = apply(aws, DEFAULT, GROUP)
    assert (len(change[0]["ingress"]), change[1]) == (13, {"ingress": [], "egress": []})
    undo(aws, DEFAULT, GROUP, change)
    assert others() == before


def test_a_group_that_is_not_a_default_one_is_refused(aws: Aws, ec2: Any) -> None:
    made = ec2.create_security_group(GroupName="web", Description="web")["GroupId"]
    with pytest.raises(Unsupported, match=f"^{made} is not the default group of its VPC"):
        read(DEFAULT, aws, replace(GROUP, id=made))
