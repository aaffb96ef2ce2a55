"""A trust policy loses its outsiders and nothing else, and gets exactly them back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import Unsupported
from chalicelib.model import Resource
from chalicelib.reconcile import read
from remediations.iam.restore_trust_policy import NOBODY, remediation, rewritten
from remediations.iam.trust import Ours, without_outsiders
from tests.aws import ACCOUNT, Aws, apply, make, opened, undo

ROLE = Resource("AWS::IAM::Role", "web", ACCOUNT, "us-east-1")
SIBLING, OUTSIDER, MANAGEMENT = "111122223333", "888877776666", "222222222222"
OURS = Ours(frozenset({ACCOUNT, SIBLING}), "o-exampleorgid")


def root(account: str) -> str:
    return f"arn:aws:iam::{account}:root"


def allow(principal: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}


def condition(operator: str, key: str, value: Any) -> dict[str, Any]:
    return {"Condition": {operator: {key: value}}}


EVERYONE = {"AWS": "*"}
KEPT = {
    "a service": allow({"Service": "ec2.amazonaws.com"}),
    "our account": allow({"AWS": ACCOUNT}),
    "our account's root and a sibling's role": allow({"AWS": [root(ACCOUNT), f"arn:aws:iam::{SIBLING}:role/ci"]}),
    "our own provider": allow({"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/corporate"}),
    "a public provider": allow({"Federated": "cognito-identity.amazonaws.com"}),
    "who was deleted": allow({"AWS": "AROAEXAMPLEEXAMPLE111"}),
    "our organization": allow(EVERYONE, **condition("StringEquals", "aws:PrincipalOrgID", "o-exampleorgid")),
    "the key in other letters": allow("*", **condition("StringEquals", "AWS:principalorgid", ["o-exampleorgid"])),
    "our accounts": allow(EVERYONE, **condition("StringEquals", "aws:PrincipalAccount", [ACCOUNT, SIBLING])),
    "a denial": {**allow({"AWS": root(OUTSIDER)}), "Effect": "Deny"},
}
GONE = {
    "everyone": allow("*"),
    "everyone of AWS": allow(EVERYONE),
    "another account": allow({"AWS": OUTSIDER}),
    "a session over there": allow({"AWS": f"arn:aws:sts::{OUTSIDER}:assumed-role/a/b"}),
    "a provider over there": allow({"Federated": f"arn:aws:iam::{OUTSIDER}:oidc-provider/idp.example.com"}),
    "a vendor with an external id": allow(
        {"AWS": root(OUTSIDER)}, **condition("StringEquals", "sts:ExternalId", "a-vendor")
    ),
    "another organization": allow(EVERYONE, **condition("StringEquals", "aws:PrincipalOrgID", "o-other00000")),
    "perhaps ours": allow(EVERYONE, **condition("StringEqualsIfExists", "aws:PrincipalOrgID", "o-exampleorgid")),
    "ours or another": allow(
        EVERYONE, **condition("StringEquals", "aws:PrincipalOrgID", ["o-exampleorgid", "o-other00000"])
    ),
    "everyone but one": {"Effect": "Allow", "NotPrincipal": {"AWS": OUTSIDER}, "Action": "sts:AssumeRole"},
}


@pytest.mark.parametrize("statement", KEPT.values(), ids=KEPT)
def test_what_lets_in_only_ours_stays_as_it_is(statement: dict[str, Any]) -> None:
    assert without_outsiders(statement, OURS) is statement


@pytest.mark.parametrize("statement", GONE.values(), ids=GONE)
def test_what_lets_in_only_outsiders_goes(statement: dict[str, Any]) -> None:
    assert without_outsiders(statement, OURS) is None


def test_without_an_organization_no_condition_names_it() -> None:
    nowhere = allow(EVERYONE, **condition("StringEquals", "aws:PrincipalOrgID", ""))
    assert without_outsiders(nowhere, Ours(frozenset({ACCOUNT}))) is None


def trusted(aws: Aws) -> Any:
    return aws.client("iam").get_role(RoleName="web")["Role"]["AssumeRolePolicyDocument"]


def trust(aws: Aws, *statements: Any) -> None:
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    aws.client("iam").update_assume_role_policy(RoleName="web", PolicyDocument=json.dumps(policy))


@pytest.fixture
def aws() -> Iterator[Aws]:
    with opened("us-east-1") as aws:
        make(aws, ROLE)
        yield aws


def test_the_outsider_goes_the_rest_stays_and_undo_gives_back_the_very_policy(aws: Aws) -> None:
    before = trusted(aws)
    mixed, _, own = before["Statement"]
    change = apply(aws, remediation, ROLE)
    trimmed = {**mixed, "Principal": {"Service": "ec2.amazonaws.com", "AWS": root(ACCOUNT)}}
    assert trusted(aws) == {**before, "Statement": [trimmed, own]}
    undo(aws, remediation, ROLE, change)
    assert trusted(aws) == before


def test_another_roles_trust_stays(aws: Aws) -> None:
    peer = replace(ROLE, id="peer")
    make(aws, peer)
    before = read(remediation, aws, peer)
    apply(aws, remediation, ROLE)
    assert read(remediation, aws, peer) == before


def test_statements_added_and_edited_meanwhile_are_no_drift_and_outlive_undo(aws: Aws) -> None:
    mixed, vendor, own = trusted(aws)["Statement"]
    change = apply(aws, remediation, ROLE)
    trimmed = trusted(aws)["Statement"][0]
    edited, added = {**own, "Sid": "edited"}, {**allow({"Service": "lambda.amazonaws.com"}), "Sid": "added"}
    trust(aws, trimmed, edited, added)
    assert read(remediation, aws, ROLE) == change[1]
    undo(aws, remediation, ROLE, change)
    assert trusted(aws)["Statement"] == [mixed, vendor, edited, added]


def test_a_policy_of_nothing_but_outsiders_lets_in_nobody_until_undo(aws: Aws) -> None:
    trust(aws, allow({"AWS": root(OUTSIDER)}))
    change = apply(aws, remediation, ROLE)
    assert trusted(aws)["Statement"] == [NOBODY]
    undo(aws, remediation, ROLE, change)
    assert trusted(aws)["Statement"] == [allow({"AWS": root(OUTSIDER)})]


def test_two_like_statements_come_back_as_two() -> None:
    vendor = allow({"AWS": root(OUTSIDER)})
    then = [{"place": 0, "statement": vendor}, {"place": 1, "statement": vendor}]
    assert rewritten([NOBODY], then, OURS) == [vendor, vendor]
    assert rewritten([vendor], then, OURS) == [vendor, vendor]


def test_the_order_in_which_iam_lists_principals_is_no_drift(aws: Aws) -> None:
    trust(aws, allow({"AWS": [root(OUTSIDER), root("777766665555")]}))
    first = read(remediation, aws, ROLE)
    trust(aws, allow({"AWS": [root("777766665555"), root(OUTSIDER)]}))
    assert read(remediation, aws, ROLE) == first


def test_accounts_that_are_known_to_be_of_the_organization_stay(aws: Aws) -> None:
    trust(aws, allow({"AWS": root(SIBLING)}), allow({"AWS": root(OUTSIDER)}))
    told = replace(ROLE, details={"organization_accounts": f"{SIBLING} {MANAGEMENT}"})
    apply(aws, remediation, told)
    assert trusted(aws)["Statement"] == [allow({"AWS": root(SIBLING)})]


def test_the_organization_and_its_management_account_are_asked_of_aws(aws: Aws) -> None:
    organization = aws.client("organizations").create_organization(FeatureSet="ALL")["Organization"]
    inside = allow(EVERYONE, **condition("StringEquals", "aws:PrincipalOrgID", organization["Id"]))
    trust(aws, inside, allow({"AWS": root(organization["MasterAccountId"])}), allow(EVERYONE))
    apply(aws, remediation, ROLE)
    assert trusted(aws)["Statement"] == [inside, allow({"AWS": root(organization["MasterAccountId"])})]


def test_roles_that_aws_keeps_are_unsupported(aws: Aws) -> None:
    role = replace(ROLE, id="AWSServiceRoleForSupport")
    make(aws, role)
    with pytest.raises(Unsupported, match="AWSServiceRoleForSupport"):
        read(remediation, aws, role)
