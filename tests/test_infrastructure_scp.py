"""The service control policy: what a member's administrator is kept from, and who is not."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib.errors import InvalidOrganization
from chalicelib.model import Mode
from chalicelib.organization import Account, Environment, Organization
from cli.main import app
from infrastructure.scp import GLOBAL, LIMIT, policy, size
from tests.iam_reference import listed, privilege, problems

HUB, MEMBER = "222222222222", "111122223333"
OURS = Organization(
    id="o-exampleorgid",
    hub=HUB,
    environments={"prod": Environment("prod", Mode.APPROVE)},
    accounts={HUB: Account(HUB, "security", "prod")},
    allowed_regions=("eu-west-1", "us-east-1"),
)
ADMIN, RESPONDER = "role/OrganizationAccountAccessRole", "role/countermeasure-responder"
DEPLOYER, CONTROL_TOWER, ROOT = "role/stacksets-exec-0123456789", "role/AWSControlTowerExecution", "root"
ROLES, RULES = f"arn:aws:iam::{MEMBER}:", f"arn:aws:events:eu-west-1:{MEMBER}:rule/"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: by whom, for what, on what, in which account and region."""

    by: str
    action: str
    on: str = "*"
    account: str = MEMBER
    region: str = "eu-west-1"


def denied(made: Mapping[str, Any], asked: Asked) -> bool:
    """Return what AWS decides: whether one of the policy's denials holds for a request."""
    told = {
        "aws:PrincipalArn": f"arn:aws:iam::{asked.account}:{asked.by}",
        "aws:PrincipalAccount": asked.account,
        "aws:RequestedRegion": asked.region,
    }
    return any(
        _named(each, asked.action)
        and _any(listed(each["Resource"]), asked.on)
        and _met(each.get("Condition", {}), told)
        for each in made["Statement"]
    )


def _named(statement: Mapping[str, Any], action: str) -> bool:
    if "NotAction" in statement:
        return not _any(statement["NotAction"], action)
    return _any(statement["Action"], action)


def _met(condition: Mapping[str, Mapping[str, Any]], told: Mapping[str, str]) -> bool:
    kinds = {"ArnLike": True, "ArnNotLike": False, "StringNotEquals": False}
    return all(
        _any(listed(values), told[key]) is kinds[operator]
        for operator, keys in condition.items()
        for key, values in keys.items()
    )


def _any(patterns: Iterable[str], text: str) -> bool:
    return any(fnmatch.fnmatchcase(text, pattern) for pattern in patterns)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Asked(ADMIN, "iam:DeleteRole", f"{ROLES}{RESPONDER}"), True),
        (Asked(ADMIN, "iam:UpdateAssumeRolePolicy", f"{ROLES}{RESPONDER}"), True),
        (Asked(ADMIN, "iam:CreatePolicyVersion", f"{ROLES}policy/countermeasure/ResponderPolicy1"), True),
        (Asked(ADMIN, "iam:DeleteRole", f"{ROLES}role/countermeasure/StackSet-ForwarderRole"), True),
        (Asked(ADMIN, "events:DisableRule", f"{RULES}countermeasure-cloudtrail"), True),
        (Asked(ADMIN, "events:DisableRule", f"{RULES}nightly-backup"), False),
        (Asked(ADMIN, "iam:DeleteRole", f"{ROLES}role/app"), False),
        (Asked(DEPLOYER, "iam:DeleteRole", f"{ROLES}{RESPONDER}"), False),
        (Asked(DEPLOYER, "events:PutRule", f"{RULES}countermeasure-cloudtrail"), False),
        # Nobody comes by the deployers' freedom through a role that is only named like theirs.
        (Asked(ADMIN, "iam:CreateRole", f"{ROLES}role/stacksets-exec-mine"), True),
        (Asked(ADMIN, "iam:UpdateAssumeRolePolicy", f"{ROLES}{CONTROL_TOWER}"), True),
        (Asked(ADMIN, "cloudtrail:StopLogging"), True),
        (Asked(ADMIN, "cloudtrail:CreateTrail"), False),
        (Asked(RESPONDER, "cloudtrail:StopLogging"), False),
        (Asked(CONTROL_TOWER, "cloudtrail:UpdateTrail"), False),
        (Asked(ADMIN, "config:StopConfigurationRecorder"), True),
        (Asked(ADMIN, "config:DeleteDeliveryChannel"), True),
        (Asked(ADMIN, "guardduty:DeleteDetector"), True),
        (Asked(ADMIN, "guardduty:DeleteDetector", account=HUB), False),
        (Asked(ADMIN, "securityhub:DisableSecurityHub"), True),
        (Asked(ADMIN, "cloudtrail:StopLogging", account=HUB), True),
        (
            Asked("role/pipeline", "events:PutRule", f"arn:aws:events:eu-west-1:{HUB}:rule/countermeasure-prod", HUB),
            False,
        ),
        (Asked(ADMIN, "organizations:LeaveOrganization"), True),
        (Asked(RESPONDER, "organizations:LeaveOrganization"), True),
        (Asked(ROOT, "iam:EnableMFADevice"), False),
        (Asked(ROOT, "iam:DeleteAccessKey"), False),
        (Asked(ROOT, "iam:GetAccountSummary"), False),
        (Asked(ROOT, "iam:CreateAccessKey"), True),
        (Asked(ROOT, "ec2:RunInstances"), True),
        (Asked(ADMIN, "ec2:RunInstances"), False),
        (Asked(ADMIN, "ec2:RunInstances", region="ap-south-1"), False),
    ],
    ids=lambda value: f"{value.by} {value.action} {value.on}" if isinstance(value, Asked) else str(value),
)
def test_a_request_is_denied_or_left_to_iam(asked: Asked, expected: bool) -> None:
    assert denied(policy(OURS), asked) is expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Asked(ADMIN, "ec2:RunInstances", region="ap-south-1"), True),
        (Asked(ADMIN, "ec2:RunInstances", region="eu-west-1"), False),
        (Asked(ADMIN, "ec2:DescribeRegions", region="ap-south-1"), False),
        (Asked(ADMIN, "iam:CreateUser", region="us-east-1"), False),
        (Asked(ADMIN, "route53:ChangeResourceRecordSets", region="us-east-1"), False),
        (Asked(DEPLOYER, "events:PutRule", region="ap-south-1"), False),
        (Asked(RESPONDER, "ec2:CreateSnapshots", region="ap-south-1"), False),
    ],
    ids=lambda value: f"{value.by} {value.action} {value.region}" if isinstance(value, Asked) else str(value),
)
def test_a_region_lock_leaves_the_allowed_regions_and_global_services_open(asked: Asked, expected: bool) -> None:
    assert denied(policy(replace(OURS, allowed_regions=("eu-west-1",)), region_lock=True), asked) is expected


def test_it_fits_into_what_organizations_takes() -> None:
    assert size(policy(OURS, region_lock=True)) <= LIMIT


def test_one_that_does_not_fit_is_refused() -> None:
    many = tuple(f"ap-southeast-{number}" for number in range(100))
    with pytest.raises(InvalidOrganization, match="characters; AWS takes 5120"):
        policy(replace(OURS, allowed_regions=many), region_lock=True)


def test_a_region_lock_without_regions_is_refused() -> None:
    with pytest.raises(InvalidOrganization, match=r"regions\.allowed is empty"):
        policy(replace(OURS, allowed_regions=()), region_lock=True)


def test_iam_knows_every_action_in_it() -> None:
    made = policy(OURS, region_lock=True)
    assert list(problems(made)) == []
    exempt = [action for each in made["Statement"] for action in each.get("NotAction", [])]
    assert [action for action in exempt if not action.endswith(":*") and privilege(action) is None] == []
    assert {action for action in exempt if "*" in action} <= set(GLOBAL)


def test_it_is_printed_as_it_is_handed_over(tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["templates", "scp"])
    assert said.exit_code == 0
    assert [each["Effect"] for each in json.loads(said.stdout)["Statement"]] == ["Deny"] * 7
    assert len(said.stdout) <= LIMIT + 1
