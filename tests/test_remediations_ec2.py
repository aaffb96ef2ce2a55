"""The EC2 remediations: what each takes away and gives back, what it leaves alone, what must not fool it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.ec2.models import ec2_backends

from chalicelib.errors import Busy, Gone, Unsupported
from chalicelib.model import Remediation, Resource
from chalicelib.reconcile import plan, read, write
from lab import moto_fixes
from lab.ids import next_id
from lab.network import LINUX, have_groups, have_subnet, tcp
from lab.scenes import ec2_security_group
from lab.stage import scenes
from remediations.ec2 import isolate_instance, quarantine_security_group, revoke_open_ingress, snapshot_volumes
from remediations.ec2.rules import flat, permission
from tests.aws import ACCOUNT, REGION, Aws, apply, make, round_trip, undo

INSTANCE = Resource("AWS::EC2::Instance", "i-0123456789abcdef0", ACCOUNT, REGION)
GROUP = Resource("AWS::EC2::SecurityGroup", "sg-0123456789abcdef0", ACCOUNT, REGION)
ISOLATE, REVOKE = isolate_instance.remediation, revoke_open_ingress.remediation
QUARANTINE, SNAPSHOT = quarantine_security_group.remediation, snapshot_volumes.remediation
REMEDIATIONS = {ISOLATE: INSTANCE, SNAPSHOT: INSTANCE, REVOKE: GROUP, QUARANTINE: GROUP}
ALL_IPV4 = {"protocol": "-1", "cidr": "0.0.0.0/0"}
ALL_IPV6 = {"protocol": "-1", "cidr": "::/0"}


@pytest.fixture
def ec2(aws: Aws) -> Any:
    return aws.boto.client("ec2")


def own_groups(ec2: Any, instance_id: str) -> list[list[str]]:
    """Return the names of the groups of each interface of the instance, by device index."""
    found = ec2.describe_network_interfaces(Filters=[{"Name": "attachment.instance-id", "Values": [instance_id]}])
    ordered = sorted(found["NetworkInterfaces"], key=lambda i: i["Attachment"]["DeviceIndex"])
    return [sorted(group["GroupName"] for group in interface["Groups"]) for interface in ordered]


def named_group(ec2: Any, name: str) -> dict[str, Any]:
    found = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [name]}])["SecurityGroups"]
    assert len(found) == 1
    return {"id": found[0]["GroupId"]} | {
        way: flat(found[0][key]) for way, key in (("in", "IpPermissions"), ("out", "IpPermissionsEgress"))
    }


def interface_ids(ec2: Any) -> list[str]:
    found = ec2.describe_network_interfaces(
        Filters=[{"Name": "attachment.instance-id", "Values": [INSTANCE.id]}],
    )["NetworkInterfaces"]
    ordered = sorted(found, key=lambda i: i["Attachment"]["DeviceIndex"])
    return [interface["NetworkInterfaceId"] for interface in ordered]


def rules_of(ec2: Any, group_id: str) -> list[dict[str, Any]]:
    return flat(ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]["IpPermissions"])


def run_in(ec2: Any, subnet: str, groups: list[str]) -> None:
    """Start the instance in this subnet, outside of the scene."""
    with next_id(INSTANCE.type, INSTANCE.id):
        ec2.run_instances(ImageId=LINUX, MinCount=1, MaxCount=1, SubnetId=subnet, SecurityGroupIds=groups)


# All of them


@pytest.mark.parametrize("remediation", REMEDIATIONS, ids=lambda r: r.id)
def test_the_declared_actions_are_enough(aws: Aws, remediation: Remediation) -> None:
    round_trip(aws, remediation, REMEDIATIONS[remediation], remediation.reads + remediation.writes)


def test_to_snapshot_without_leave_to_tag_is_refused(aws: Aws) -> None:
    actions = set(SNAPSHOT.reads + SNAPSHOT.writes) - {"ec2:CreateTags"}
    with pytest.raises(ClientError, match="not authorized to perform: ec2:CreateTags"):
        round_trip(aws, SNAPSHOT, INSTANCE, tuple(actions))


@pytest.mark.parametrize("remediation", REMEDIATIONS, ids=lambda r: r.id)
def test_a_resource_that_does_not_exist_is_gone(aws: Aws, remediation: Remediation) -> None:
    with pytest.raises(Gone):
        read(remediation, aws, REMEDIATIONS[remediation])


@pytest.mark.parametrize("remediation", [ISOLATE, SNAPSHOT], ids=lambda r: r.id)
def test_a_terminated_instance_is_gone(aws: Aws, ec2: Any, remediation: Remediation) -> None:
    make(aws, INSTANCE)
    ec2.terminate_instances(InstanceIds=[INSTANCE.id])
    with pytest.raises(Gone):
        read(remediation, aws, INSTANCE)


@pytest.mark.parametrize("remediation", REMEDIATIONS, ids=lambda r: r.id)
def test_the_scene_s_drift_is_a_third_state(aws: Aws, remediation: Remediation) -> None:
    resource = REMEDIATIONS[remediation]
    make(aws, resource)
    change = apply(aws, remediation, resource)
    scenes("EC2")[resource.type].drift[remediation.id](aws.boto, resource)
    assert read(remediation, aws, resource) not in change


# Isolate an instance


def test_isolation_moves_every_interface_and_undo_gives_each_its_own_groups_back(aws: Aws, ec2: Any) -> None:
    make(aws, INSTANCE)
    peer = ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": ["peer"]}])
    peer_id = peer["Reservations"][0]["Instances"][0]["InstanceId"]
    before = [["web"], ["tier-1", "tier-2", "tier-3", "tier-4", "tier-5"]]
    assert own_groups(ec2, INSTANCE.id) == before
    change = apply(aws, ISOLATE, INSTANCE)
    assert own_groups(ec2, INSTANCE.id) == [["countermeasure-quarantine"], ["countermeasure-quarantine"]]
    assert own_groups(ec2, peer_id) == [["web"]]
    undo(aws, ISOLATE, INSTANCE, change)
    assert own_groups(ec2, INSTANCE.id) == before


def test_isolation_untracks_the_flows_of_each_interface_right_before_it_ends_them(aws: Aws, ec2: Any) -> None:
    make(aws, INSTANCE)
    apply(aws, ISOLATE, INSTANCE)
    moves = [p for name, p in aws.calls if name == "ModifyNetworkInterfaceAttribute"]
    untrack, quarantine = named_group(ec2, "countermeasure-untrack"), named_group(ec2, "countermeasure-quarantine")
    assert moves == [
        {"NetworkInterfaceId": interface, "Groups": [group["id"]]}
        for interface in sorted(interface_ids(ec2))
        for group in (untrack, quarantine)
    ]
    assert (untrack["in"], untrack["out"]) == ([ALL_IPV4, ALL_IPV6], [ALL_IPV4, ALL_IPV6])
    assert (quarantine["in"], quarantine["out"]) == ([], [])


def test_to_plan_takes_one_call_to_verify_two_and_to_isolate_again_one_and_two_per_interface(aws: Aws) -> None:
    make(aws, INSTANCE)
    undo(aws, ISOLATE, INSTANCE, apply(aws, ISOLATE, INSTANCE))
    aws.made()
    planned = plan(ISOLATE, aws, INSTANCE)
    assert aws.made() == ["DescribeNetworkInterfaces"]
    write(ISOLATE, aws, INSTANCE, planned.before, planned.after)
    assert aws.made() == ["DescribeSecurityGroups", *["ModifyNetworkInterfaceAttribute"] * 4]
    assert read(ISOLATE, aws, INSTANCE) == planned.after
    assert aws.made() == ["DescribeNetworkInterfaces", "DescribeSecurityGroups"]


def test_a_quarantine_group_with_a_rule_does_not_count_and_is_emptied(aws: Aws, ec2: Any) -> None:
    make(aws, INSTANCE)
    apply(aws, ISOLATE, INSTANCE)
    quarantine = named_group(ec2, "countermeasure-quarantine")["id"]
    ec2.authorize_security_group_ingress(GroupId=quarantine, IpPermissions=[tcp(22, "203.0.113.7/32")])
    [state] = read(ISOLATE, aws, INSTANCE).values()
    assert state == {interface: [quarantine] for interface in interface_ids(ec2)}
    apply(aws, ISOLATE, INSTANCE)
    assert named_group(ec2, "countermeasure-quarantine") == {"id": quarantine, "in": [], "out": []}


def test_an_interface_with_another_group_beside_quarantine_is_not_isolated(aws: Aws, ec2: Any) -> None:
    make(aws, INSTANCE)
    apply(aws, ISOLATE, INSTANCE)
    primary, second = interface_ids(ec2)
    both = sorted(named_group(ec2, name)["id"] for name in ("countermeasure-quarantine", "web"))
    ec2.modify_network_interface_attribute(NetworkInterfaceId=second, Groups=both)
    [state] = read(ISOLATE, aws, INSTANCE).values()
    assert state == {primary: ["quarantine"], second: both}


def be_second(aws: Aws) -> None:
    """Have another responder make every group just before this one does."""
    rival = aws.boto.client("ec2")

    def first(params: dict[str, Any], **_: Any) -> None:
        rival.create_security_group(GroupName=params["GroupName"], Description="rival", VpcId=params["VpcId"])

    aws.client("ec2").meta.events.register("provide-client-params.ec2.CreateSecurityGroup", first)


def test_a_group_that_another_responder_makes_at_the_same_moment_is_used(aws: Aws, ec2: Any) -> None:
    _, subnet = have_subnet(ec2)
    run_in(ec2, subnet, [])
    be_second(aws)
    apply(aws, ISOLATE, INSTANCE)
    assert own_groups(ec2, INSTANCE.id) == [["countermeasure-quarantine"]]
    assert named_group(ec2, "countermeasure-quarantine")["out"] == []


def test_a_group_that_ec2_does_not_show_yet_asks_to_be_tried_again(aws: Aws, ec2: Any) -> None:
    _, subnet = have_subnet(ec2)
    run_in(ec2, subnet, [])
    nobody = [{"Name": "group-name", "Values": ["nobody"]}]

    def blind(params: dict[str, Any], **_: Any) -> dict[str, Any]:
        return params if "GroupIds" in params else {"Filters": nobody}

    be_second(aws)
    aws.client("ec2").meta.events.register("provide-client-params.ec2.DescribeSecurityGroups", blind)
    planned = plan(ISOLATE, aws, INSTANCE)
    with pytest.raises(Busy, match=r"^countermeasure-untrack was made in vpc-\w+ a moment ago"):
        write(ISOLATE, aws, INSTANCE, planned.before, planned.after)


def test_an_instance_left_halfway_is_isolated_and_never_put_back_there(aws: Aws, ec2: Any) -> None:
    make(aws, INSTANCE)
    undo(aws, ISOLATE, INSTANCE, apply(aws, ISOLATE, INSTANCE))
    primary, second = interface_ids(ec2)
    untrack = named_group(ec2, "countermeasure-untrack")["id"]
    ec2.modify_network_interface_attribute(NetworkInterfaceId=primary, Groups=[untrack])
    before, after = apply(aws, ISOLATE, INSTANCE)
    [(vpc, state)] = before.items()
    assert (state[primary], len(state[second])) == (["untracked"], 5)
    write(ISOLATE, aws, INSTANCE, after, before)
    assert read(ISOLATE, aws, INSTANCE) == {vpc: {**state, primary: ["quarantine"]}}


def test_a_write_that_stopped_in_the_middle_goes_on_with_the_other_interface(aws: Aws, ec2: Any) -> None:
    make(aws, INSTANCE)
    change = apply(aws, ISOLATE, INSTANCE)
    _, second = interface_ids(ec2)
    [was] = change[0].values()
    ec2.modify_network_interface_attribute(NetworkInterfaceId=second, Groups=was[second])
    aws.calls.clear()
    write(ISOLATE, aws, INSTANCE, read(ISOLATE, aws, INSTANCE), change[1])
    assert {p["NetworkInterfaceId"] for n, p in aws.calls if n == "ModifyNetworkInterfaceAttribute"} == {second}
    assert read(ISOLATE, aws, INSTANCE) == change[1]


def test_an_interface_that_refuses_holds_back_no_other_and_what_it_said_is_raised(aws: Aws, ec2: Any) -> None:
    make(aws, INSTANCE)
    first, second = sorted(interface_ids(ec2))

    def refuse(params: dict[str, Any], **_: Any) -> None:
        if params["NetworkInterfaceId"] == first:
            said = {"Error": {"Code": "OperationNotPermitted", "Message": "managed by another service"}}
            raise ClientError(said, "ModifyNetworkInterfaceAttribute")

    aws.client("ec2").meta.events.register("provide-client-params.ec2.ModifyNetworkInterfaceAttribute", refuse)
    planned = plan(ISOLATE, aws, INSTANCE)
    with pytest.raises(ClientError, match="managed by another service"):
        write(ISOLATE, aws, INSTANCE, planned.before, planned.after)
    [(vpc, was)] = planned.before.items()
    assert read(ISOLATE, aws, INSTANCE) == {vpc: {first: was[first], second: ["quarantine"]}}


def test_interfaces_in_two_vpcs_get_the_groups_of_their_own(aws: Aws, ec2: Any) -> None:
    make(aws, INSTANCE)
    vpc = ec2.create_vpc(CidrBlock="10.99.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.99.1.0/24")["Subnet"]["SubnetId"]
    third = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    ec2.attach_network_interface(InstanceId=INSTANCE.id, NetworkInterfaceId=third, DeviceIndex=2)
    change = apply(aws, ISOLATE, INSTANCE)
    assert own_groups(ec2, INSTANCE.id) == [["countermeasure-quarantine"]] * 3
    groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]
    assert {g["GroupName"]: flat(g["IpPermissionsEgress"]) for g in groups} == {
        "countermeasure-quarantine": [],
        "countermeasure-untrack": [ALL_IPV4, ALL_IPV6],
        "default": [ALL_IPV4, ALL_IPV6],
    }
    undo(aws, ISOLATE, INSTANCE, change)


def test_an_interface_that_lists_the_groups_of_its_instance_too_is_seen_to_be_isolated(aws: Aws, ec2: Any) -> None:
    moto_fixes.take_back()
    vpc, subnet = have_subnet(ec2)
    groups = sorted(have_groups(ec2, vpc, {"app": [], "db-client": []}).values())
    run_in(ec2, subnet, groups)
    change = apply(aws, ISOLATE, INSTANCE)
    (interface,) = interface_ids(ec2)
    assert change == ({vpc: {interface: groups}}, {vpc: {interface: ["quarantine"]}})
    assert own_groups(ec2, INSTANCE.id) == [["app", "countermeasure-quarantine", "db-client"]]
    undo(aws, ISOLATE, INSTANCE, change)


# Revoke open ingress


def test_only_open_and_risky_rules_go_and_undo_brings_back_exactly_those(aws: Aws, ec2: Any) -> None:
    make(aws, GROUP)
    before = rules_of(ec2, GROUP.id)
    note = {"description": "until the VPN works"}
    taken = [
        {"protocol": "tcp", "from": 22, "to": 22, "cidr": "0.0.0.0/0", **note},
        {"protocol": "tcp", "from": 3389, "to": 3389, "cidr": "0.0.0.0/0"},
        {"protocol": "tcp", "from": 8000, "to": 9000, "cidr": "0.0.0.0/0"},
        ALL_IPV4,
        {"protocol": "tcp", "from": 22, "to": 22, "cidr": "::/0", **note},
    ]
    change = apply(aws, REVOKE, GROUP)
    assert change == (taken, [])
    assert rules_of(ec2, GROUP.id) == [rule for rule in before if rule not in taken]
    undo(aws, REVOKE, GROUP, change)
    assert rules_of(ec2, GROUP.id) == before


def test_the_restricted_half_of_a_mixed_permission_and_the_open_web_port_stay(aws: Aws, ec2: Any) -> None:
    make(aws, GROUP)
    apply(aws, REVOKE, GROUP)
    assert [(r["from"], r.get("cidr", "")) for r in rules_of(ec2, GROUP.id) if r["from"] in (443, 3389)] == [
        (443, "0.0.0.0/0"),
        (3389, "203.0.113.0/24"),
        (443, "::/0"),
    ]


def test_a_new_restricted_rule_is_no_drift(aws: Aws, ec2: Any) -> None:
    make(aws, GROUP)
    change = apply(aws, REVOKE, GROUP)
    ec2.authorize_security_group_ingress(GroupId=GROUP.id, IpPermissions=[tcp(22, "203.0.113.0/24")])
    assert read(REVOKE, aws, GROUP) == change[1]


def test_other_groups_keep_their_open_rules(aws: Aws, ec2: Any) -> None:
    make(aws, GROUP)
    apply(aws, REVOKE, GROUP)
    assert named_group(ec2, "neighbour")["in"] == [{"protocol": "tcp", "from": 22, "to": 22, "cidr": "0.0.0.0/0"}]


@pytest.mark.parametrize(
    ("protocol", "ports", "risky"),
    [
        pytest.param("tcp", (22, 22), True, id="ssh"),
        pytest.param("tcp", (0, 65535), True, id="all of tcp"),
        pytest.param("tcp", (9301, 10250), True, id="a range that ends on a risky port"),
        pytest.param("tcp", (6379, 6400), True, id="a range that begins on a risky port"),
        pytest.param("tcp", (80, 80), False, id="http"),
        pytest.param("tcp", (443, 443), False, id="https"),
        pytest.param("tcp", (26, 109), False, id="a range between risky ports"),
        pytest.param("udp", (1434, 1434), True, id="sql server browser over udp"),
        pytest.param("udp", (10000, 20000), False, id="a media server's udp range"),
        pytest.param("icmp", (8, -1), False, id="ping"),
        pytest.param("-1", (), True, id="every protocol"),
        pytest.param("50", (), False, id="ipsec by protocol number"),
    ],
)
def test_which_open_rules_are_risky(protocol: str, ports: tuple[int, ...], risky: bool) -> None:
    rule = {"protocol": protocol, **dict(zip(("from", "to"), ports, strict=False))}
    assert revoke_open_ingress.is_risky(rule) is risky


# Take every rule off a group


def test_every_rule_goes_and_undo_brings_back_each_with_its_description(aws: Aws, ec2: Any) -> None:
    make(aws, GROUP)
    before, after = apply(aws, QUARANTINE, GROUP)
    assert (after, rules_of(ec2, GROUP.id)) == ({"ingress": [], "egress": []}, [])
    neighbour = named_group(ec2, "neighbour")
    redis = {"protocol": "tcp", "from": 6379, "to": 6379}
    cache = {**redis, "group": neighbour["id"], "account": ACCOUNT, "description": "cache"}
    assert before["egress"] == [ALL_IPV4]
    assert len(before["ingress"]) == 13
    assert before["ingress"].count(cache) == 1
    assert {"protocol": "icmp", "from": 8, "to": -1, "cidr": "0.0.0.0/0"} in before["ingress"]
    assert [rule for rule in before["ingress"] if "prefix_list" in rule] == [
        {**redis, "prefix_list": ec2_security_group.have_prefix_list(ec2)}
    ]
    undo(aws, QUARANTINE, GROUP, (before, after))
    assert named_group(ec2, "neighbour") == neighbour


def test_a_rule_that_was_taken_off_or_put_on_already_does_not_stop_the_others(aws: Aws, ec2: Any) -> None:
    make(aws, GROUP)
    change = plan(QUARANTINE, aws, GROUP)
    ec2.revoke_security_group_ingress(GroupId=GROUP.id, IpPermissions=[permission(change.before["ingress"][0])])
    write(QUARANTINE, aws, GROUP, change.before, change.after)
    assert read(QUARANTINE, aws, GROUP) == change.after
    ec2.authorize_security_group_ingress(GroupId=GROUP.id, IpPermissions=[permission(change.before["ingress"][-1])])
    write(QUARANTINE, aws, GROUP, change.after, change.before)
    assert read(QUARANTINE, aws, GROUP) == change.before


def test_any_other_refusal_is_not_swallowed(aws: Aws, ec2: Any) -> None:
    make(aws, GROUP)
    foreign = {"protocol": "tcp", "from": 22, "to": 22, "group": "sg-0fedcba9876543210"}
    with pytest.raises(ClientError, match=r"InvalidGroup\.NotFound"):
        write(REVOKE, aws, GROUP, [], [foreign])


@pytest.mark.parametrize(
    ("end", "record"),
    [
        pytest.param({"IpRanges": [{"CidrIp": "192.0.2.0/24"}]}, {"cidr": "192.0.2.0/24"}, id="ipv4"),
        pytest.param({"Ipv6Ranges": [{"CidrIpv6": "2001:db8::/32"}]}, {"cidr": "2001:db8::/32"}, id="ipv6"),
        pytest.param(
            {"PrefixListIds": [{"PrefixListId": "pl-12345678", "Description": "s3"}]},
            {"prefix_list": "pl-12345678", "description": "s3"},
            id="prefix list",
        ),
        pytest.param(
            {
                "UserIdGroupPairs": [
                    {
                        "GroupId": "sg-12345678",
                        "UserId": "444455556666",
                        "VpcId": "vpc-12345678",
                        "VpcPeeringConnectionId": "pcx-12345678",
                        "Description": "peer",
                    }
                ]
            },
            {
                "group": "sg-12345678",
                "account": "444455556666",
                "vpc": "vpc-12345678",
                "peering": "pcx-12345678",
                "description": "peer",
            },
            id="group of another account over peering",
        ),
    ],
)
def test_a_rule_survives_the_way_into_a_record_and_back(end: dict[str, Any], record: dict[str, Any]) -> None:
    original = {"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, **end}
    assert flat([original]) == [{"protocol": "tcp", "from": 0, "to": 65535, **record}]
    assert permission(flat([original])[0]) == original


def test_a_peering_s_status_is_no_part_of_the_record_because_it_changes_by_itself() -> None:
    pair = {"GroupId": "sg-12345678", "UserId": "444455556666", "PeeringStatus": "active"}
    record = {"protocol": "-1", "group": "sg-12345678", "account": "444455556666"}
    assert flat([{"IpProtocol": "-1", "UserIdGroupPairs": [pair]}]) == [record]


# Snapshot volumes


def snapshots(ec2: Any, incident: str) -> list[dict[str, Any]]:
    tagged = [{"Name": "tag:countermeasure:incident", "Values": [incident]}]
    return list(ec2.describe_snapshots(OwnerIds=["self"], Filters=tagged)["Snapshots"])


def test_one_call_snapshots_all_volumes_under_the_incident_s_tag(aws: Aws, ec2: Any) -> None:
    make(aws, INSTANCE)
    before, after = apply(aws, SNAPSHOT, INSTANCE)
    assert (set(before.values()), set(after.values()), len(after)) == ({"none"}, {"snapshotted"}, 2)
    assert [p for name, p in aws.calls if name == "CreateSnapshots"] == [
        {
            "InstanceSpecification": {"InstanceId": INSTANCE.id},
            "Description": f"Evidence of {INSTANCE.id}, incident inc-1",
            "TagSpecifications": [
                {"ResourceType": "snapshot", "Tags": [{"Key": "countermeasure:incident", "Value": "inc-1"}]}
            ],
        }
    ]
    assert sorted(snapshot["VolumeId"] for snapshot in snapshots(ec2, "inc-1")) == sorted(after)


def test_undo_deletes_this_incident_s_evidence_and_no_other_s(aws: Aws, ec2: Any) -> None:
    make(aws, INSTANCE)
    other = Aws(aws.boto, incident="inc-2")
    apply(other, SNAPSHOT, INSTANCE)
    change = apply(aws, SNAPSHOT, INSTANCE)
    assert set(change[0].values()) == {"none"}
    kept = snapshots(ec2, "inc-2")
    undo(aws, SNAPSHOT, INSTANCE, change)
    assert (snapshots(ec2, "inc-1"), snapshots(ec2, "inc-2")) == ([], kept)
    assert SNAPSHOT.confirm_undo


def test_a_snapshot_that_failed_is_no_evidence(aws: Aws, ec2: Any) -> None:
    make(aws, INSTANCE)
    _, after = apply(aws, SNAPSHOT, INSTANCE)
    failed = snapshots(ec2, "inc-1")[0]
    ec2_backends[ACCOUNT][REGION].snapshots[failed["SnapshotId"]].status = "error"
    assert read(SNAPSHOT, aws, INSTANCE) == {**after, failed["VolumeId"]: "none"}


def test_a_volume_attached_later_gets_a_whole_new_set_and_undo_keeps_what_was_there(aws: Aws, ec2: Any) -> None:
    make(aws, INSTANCE)
    apply(aws, SNAPSHOT, INSTANCE)
    volume = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=1)["VolumeId"]
    ec2.attach_volume(InstanceId=INSTANCE.id, VolumeId=volume, Device="/dev/sdg")
    change = apply(aws, SNAPSHOT, INSTANCE)
    assert len(snapshots(ec2, "inc-1")) == 5
    undo(aws, SNAPSHOT, INSTANCE, change)
    assert len(snapshots(ec2, "inc-1")) == 4


def test_an_instance_without_ebs_volumes_has_nothing_to_snapshot(aws: Aws, ec2: Any) -> None:
    make(aws, INSTANCE)
    attached = [{"Name": "attachment.instance-id", "Values": [INSTANCE.id]}]
    for volume in ec2.describe_volumes(Filters=attached)["Volumes"]:
        ec2.detach_volume(VolumeId=volume["VolumeId"], InstanceId=INSTANCE.id)
    with pytest.raises(Unsupported, match=f"^{INSTANCE.id} has no EBS volume"):
        read(SNAPSHOT, aws, INSTANCE)


# The lab


def test_a_scene_makes_its_resource_once_and_under_any_id_that_an_event_names(aws: Aws, ec2: Any) -> None:
    for resource in (INSTANCE, GROUP):
        for name in (resource.id, resource.id, "i-1234xxyy", "sg-test"):
            same = Resource(resource.type, name, ACCOUNT, REGION)
            make(aws, same)
    reservations = ec2.describe_instances()["Reservations"]
    ids = [instance["InstanceId"] for reservation in reservations for instance in reservation["Instances"]]
    assert [i for i in ids if i in (INSTANCE.id, "i-1234xxyy", "sg-test")] == [INSTANCE.id, "i-1234xxyy", "sg-test"]
    assert len(ids) == 4


def test_a_given_id_goes_to_the_next_resource_of_its_type_only(ec2: Any) -> None:
    def volume() -> str:
        return str(ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=1)["VolumeId"])

    with next_id("AWS::EC2::Volume", "vol-12345"):
        assert have_subnet(ec2)[0] != "vol-12345"
        within = [volume(), volume()]
    assert within[0] == "vol-12345"
    assert "vol-12345" not in (within[1], volume())


def test_an_instance_s_groups_are_those_of_its_primary_interface(aws: Aws, ec2: Any) -> None:
    make(aws, INSTANCE)
    primary, _ = interface_ids(ec2)
    tier_1, tier_2 = (named_group(ec2, name)["id"] for name in ("tier-1", "tier-2"))

    def shown() -> list[str]:
        found = ec2.describe_instances(InstanceIds=[INSTANCE.id])["Reservations"][0]["Instances"][0]
        return [group["GroupId"] for group in found["SecurityGroups"]]

    ec2.modify_network_interface_attribute(NetworkInterfaceId=primary, Groups=[tier_1])
    assert shown() == [tier_1]
    ec2.modify_instance_attribute(InstanceId=INSTANCE.id, Groups=[tier_2])
    assert (shown(), own_groups(ec2, INSTANCE.id)[0]) == ([tier_2], ["tier-2"])
