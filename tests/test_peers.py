"""What other automations were measured to get wrong, and this one must not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.catalogue import Catalogue
from chalicelib.model import Outcome
from chalicelib.upkeep import tend
from lab import moto_fixes
from lab.fakes import securityhub as fake
from lab.network import LINUX, have_groups, have_subnet, tcp
from lab.organization import Lab
from tests.replaying import event, played, told

MEMBER, REGION = "111122223333", "eu-central-1"
MINING = "guardduty.ec2_mining_cryptocurrency/fires.connection_to_a_pool"
KEY = "guardduty.long_term_key_misused/fires.called_from_tor"


def running(ec2: Any, groups: int, interfaces: int) -> str:
    """Run an instance whose every interface has this many security groups."""
    moto_fixes.apply()
    vpc, subnet = have_subnet(ec2)
    ids = list(have_groups(ec2, vpc, {f"group-{n}": [tcp(22, "10.0.0.0/8")] for n in range(groups)}).values())
    instance = ec2.run_instances(ImageId=LINUX, MinCount=1, MaxCount=1, SubnetId=subnet, SecurityGroupIds=ids)
    instance_id = str(instance["Instances"][0]["InstanceId"])
    for index in range(1, interfaces):
        made = ec2.create_network_interface(SubnetId=subnet, Groups=ids)["NetworkInterface"]["NetworkInterfaceId"]
        ec2.attach_network_interface(InstanceId=instance_id, NetworkInterfaceId=made, DeviceIndex=index)
    return instance_id


def groups_of(ec2: Any, instance: str) -> list[list[str]]:
    """Return the names of the groups of every interface."""
    attached = [{"Name": "attachment.instance-id", "Values": [instance]}]
    found = ec2.describe_network_interfaces(Filters=attached)["NetworkInterfaces"]
    return [[group["GroupName"] for group in interface["Groups"]] for interface in found]


@pytest.mark.parametrize(("groups", "interfaces"), [(1, 1), (1, 2), (2, 1), (3, 2), (5, 1), (5, 3)])
def test_an_instance_with_one_to_five_groups_on_several_interfaces_is_fully_isolated(
    lab: Lab, catalogue: Catalogue, groups: int, interfaces: int
) -> None:
    ec2 = lab.boto(MEMBER, REGION).client("ec2")
    instance = running(ec2, groups, interfaces)
    [incident] = lab.engine(catalogue).handle(event(MINING, detail__resource__instanceDetails__instanceId=instance))
    assert {change.outcome for change in incident.changes} == {Outcome.CONTAINED}
    assert groups_of(ec2, instance) == [["countermeasure-quarantine"]] * interfaces
    [quarantine] = ec2.describe_security_groups(GroupNames=["countermeasure-quarantine"])["SecurityGroups"]
    assert (quarantine["IpPermissions"], quarantine["IpPermissionsEgress"]) == ([], [])


def test_a_finding_on_an_access_key_disables_that_key_and_no_other(lab: Lab, catalogue: Catalogue) -> None:
    iam = lab.boto(MEMBER, "us-east-1").client("iam")
    iam.create_user(UserName="dev")
    keys = [iam.create_access_key(UserName="dev")["AccessKey"]["AccessKeyId"] for _ in range(2)]
    details = {
        "detail__accountId": MEMBER,
        "detail__resource__accessKeyDetails__accessKeyId": keys[1],
        "detail__resource__accessKeyDetails__userName": "dev",
    }
    lab.engine(catalogue).handle(event(KEY, **details))
    listed = iam.list_access_keys(UserName="dev")["AccessKeyMetadata"]
    assert {key["AccessKeyId"]: key["Status"] for key in listed} == {keys[0]: "Active", keys[1]: "Inactive"}
    assert iam.list_user_policies(UserName="dev")["PolicyNames"] == []


def test_a_finding_on_temporary_credentials_cuts_that_session(lab: Lab, catalogue: Catalogue) -> None:
    what = event("guardduty.temporary_credentials_misused/fires.instance_role_used_outside")
    _, incident, _ = played(lab, catalogue, what)
    cut = {change.remediation: change for change in incident.changes}["iam.deny_role_session"]
    assert cut.outcome is Outcome.CONTAINED
    role, _, session = cut.resource.id.partition("/")
    iam = lab.boto(cut.resource.account, "us-east-1").client("iam")
    policy = iam.get_role_policy(RoleName=role, PolicyName=f"countermeasure-deny-{session}")["PolicyDocument"]
    role_id = iam.get_role(RoleName=role)["Role"]["RoleId"]
    condition = {"StringEquals": {"aws:userid": f"{role_id}:{session}"}}
    assert policy["Statement"] == [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}]


NOT_LIVE = {
    "archived": (MINING, {"detail__service__archived": True}, Outcome.OFF),
    "sample": (MINING, {"detail__service__additionalInfo": {"sample": True}}, Outcome.OBSERVED),
    "sample in a string": (MINING, {"detail__service__additionalInfo": {"value": '{"sample":true}'}}, Outcome.OBSERVED),
    "suppressed": (
        "securityhub.security_group_open/fires.ssh",
        {"detail__findings__0__Workflow": {"Status": "SUPPRESSED"}},
        Outcome.OFF,
    ),
    "record archived": (
        "securityhub.security_group_open/fires.ssh",
        {"detail__findings__0__RecordState": "ARCHIVED"},
        Outcome.OFF,
    ),
}


@pytest.mark.parametrize(("name", "changes", "outcome"), NOT_LIVE.values(), ids=NOT_LIVE)
def test_what_is_not_live_is_not_acted_on(
    lab: Lab, catalogue: Catalogue, name: str, changes: dict[str, Any], outcome: Outcome
) -> None:
    _, incident, _ = played(lab, catalogue, event(name, **changes))
    assert {change.outcome for change in incident.changes} == {outcome}
    assert [change.calls for change in incident.changes if change.calls] == []
    assert bool(told(lab)) is (outcome is Outcome.OBSERVED)


def test_a_passed_finding_fires_nothing(lab: Lab, catalogue: Catalogue) -> None:
    assert lab.engine(catalogue).handle(event("securityhub.security_group_open/ignores.passed")) == ()
    assert told(lab) == []


def test_the_same_event_twice_acts_and_tells_once(lab: Lab, catalogue: Catalogue) -> None:
    engine, first, what = played(lab, catalogue, event(MINING))
    assert len(told(lab)) == 1
    [second] = engine.handle(what)
    assert second.changes == first.changes
    assert told(lab) == []
    assert len(lab.slack.posted) == 1


def test_the_whole_ipv6_internet_counts_as_open(lab: Lab, catalogue: Catalogue) -> None:
    _, incident, _ = played(lab, catalogue, event("cloudtrail.security_group_opened/fires.ipv6"))
    [change] = incident.changes
    assert change.outcome is Outcome.CONTAINED
    assert "::/0" in {permission["cidr"] for permission in change.before}
    assert open_ranges(lab, change.resource.account, change.resource.region, change.resource.id, 22) == set()


def test_a_rule_with_an_open_and_a_restricted_range_loses_only_the_open_one(lab: Lab, catalogue: Catalogue) -> None:
    ec2 = lab.boto(MEMBER, REGION).client("ec2")
    vpc, _ = have_subnet(ec2)
    group = have_groups(ec2, vpc, {"mixed": [tcp(22, "0.0.0.0/0", "203.0.113.0/24")]})["mixed"]
    finding = event(
        "securityhub.security_group_open/fires.ssh",
        detail__findings__0__AwsAccountId=MEMBER,
        detail__findings__0__Resources__0__Id=f"arn:aws:ec2:{REGION}:{MEMBER}:security-group/{group}",
        detail__findings__0__Resources__0__Region=REGION,
    )
    lab.engine(catalogue).handle(finding)
    assert open_ranges(lab, MEMBER, REGION, group, 22) == {"203.0.113.0/24"}


TOLD_TWICE = {
    "Security Hub in both formats": "securityhub.security_group_open/fires.second_format",
    "Config and Security Hub": "config.security_group_open/fires.plain_name",
}


@pytest.mark.parametrize("other", TOLD_TWICE.values(), ids=TOLD_TWICE)
@pytest.mark.parametrize("hub_is_first", [True, False], ids=["Security Hub first", "Security Hub last"])
def test_one_open_group_that_two_sources_tell_of_is_one_incident_and_acted_on_once(
    lab: Lab, catalogue: Catalogue, other: str, hub_is_first: bool
) -> None:
    names = ["securityhub.security_group_open/fires.ssh", other]
    first, second = [event(name) for name in (names if hub_is_first else reversed(names))]
    engine, opened, _ = played(lab, catalogue, first)
    group = opened.changes[0].resource.id
    [joined] = engine.handle(named_as(second, group))
    assert joined.id == opened.id
    changes = engine.ledger.load(opened.id).changes
    assert [change.outcome for change in changes].count(Outcome.CONTAINED) == 1
    assert {change.outcome for change in changes} <= {Outcome.CONTAINED, Outcome.COMPLIANT}
    revoked = [call for change in changes for call in change.calls if call.operation == REVOKE]
    assert len(revoked) == 1
    tend(engine)
    hub = lab.boto(MEMBER, REGION).client("securityhub")
    known = hub.get_findings()["Findings"]
    assert [finding["Workflow"]["Status"] for finding in known] == (["NOTIFIED"] if hub_is_first else [])


REVOKE = "ec2:RevokeSecurityGroupIngress"


def named_as(what: dict[str, Any], group: str) -> dict[str, Any]:
    """Return an event about another group."""
    found: dict[str, Any] = json.loads(json.dumps(what).replace("sg-0abcd1234ef567890", group))
    return found


def test_a_finding_that_joins_what_was_contained_already_is_noted_too(lab: Lab, catalogue: Catalogue) -> None:
    engine, opened, _ = played(lab, catalogue, event("config.security_group_open/fires.plain_name"))
    group = opened.changes[0].resource.id
    later = named_as(event("securityhub.security_group_open/fires.ssh"), group)
    fake.apply()
    fake.have(MEMBER, REGION, later["detail"]["findings"][0])
    [joined] = engine.handle(later)
    assert joined.id == opened.id
    tend(engine)
    [finding] = lab.boto(MEMBER, REGION).client("securityhub").get_findings()["Findings"]
    assert finding["Workflow"] == {"Status": "NOTIFIED"}
    assert opened.id in finding["Note"]["Text"]


def open_ranges(lab: Lab, account: str, region: str, group: str, port: int) -> set[str]:
    """Return the sources that a group lets in at exactly this port."""
    found = lab.boto(account, region).client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    rules = [rule for rule in found["IpPermissions"] if rule.get("FromPort") == port]
    return {r["CidrIp"] for rule in rules for r in rule["IpRanges"]} | {
        r["CidrIpv6"] for rule in rules for r in rule["Ipv6Ranges"]
    }


def test_the_account_alias_is_looked_up_once_and_not_per_event(
    lab: Lab, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.boto("999988887777", "us-east-1").client("iam").create_account_alias(AccountAlias="acquired-company")
    engine = lab.engine(catalogue)  # which does not know that account
    asked = []
    iam = engine.hands.accounts.clients.get("iam", "us-east-1")
    iam.meta.events.register("before-call.iam.ListAccountAliases", lambda **_: asked.append(1), unique_id="asked")
    try:
        for number in range(3):
            login = event(
                "signin.root_login/fires.with_mfa",
                detail__recipientAccountId="999988887777",
                detail__eventID=f"login-{number}",
            )
            engine.handle(login)
    finally:
        iam.meta.events.unregister("before-call.iam.ListAccountAliases", unique_id="asked")
    headlines = told(lab)
    assert len(headlines) == 3
    assert all("acquired-company" in headline for headline in headlines)
    assert len(asked) == 1
