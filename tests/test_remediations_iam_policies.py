"""Denying a role, denying the console, detaching what makes administrators: only that, and all of it comes back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.core import set_initial_no_auth_action_count

from chalicelib.errors import Gone, Unsupported
from chalicelib.model import Remediation, Resource
from chalicelib.reconcile import plan, read
from remediations.iam import (
    attach_deny_to_role,
    detach_admin_policy_from_group,
    detach_admin_policy_from_role,
    detach_admin_policy_from_user,
    remove_admin_inline_policy_from_group,
    remove_admin_inline_policy_from_role,
    remove_admin_inline_policy_from_user,
    remove_console_access,
)
from remediations.iam.admin_policies import allows_everything
from tests.aws import ACCOUNT, Aws, apply, make, opened, undo

USER = Resource("AWS::IAM::User", "alice", ACCOUNT, "us-east-1")
ROLE = Resource("AWS::IAM::Role", "web", ACCOUNT, "us-east-1")
GROUP = Resource("AWS::IAM::Group", "contractors", ACCOUNT, "us-east-1")
AWS_ADMIN, OWN_ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess", f"arn:aws:iam::{ACCOUNT}:policy/do-anything"
HARMLESS = [f"arn:aws:iam::{ACCOUNT}:policy/read-buckets", "arn:aws:iam::aws:policy/PowerUserAccess"]
DETACH: dict[str, tuple[Remediation, Resource]] = {
    "user": (detach_admin_policy_from_user.remediation, USER),
    "role": (detach_admin_policy_from_role.remediation, ROLE),
    "group": (detach_admin_policy_from_group.remediation, GROUP),
}

DELETE: dict[str, tuple[Remediation, Resource]] = {
    "user": (remove_admin_inline_policy_from_user.remediation, USER),
    "role": (remove_admin_inline_policy_from_role.remediation, ROLE),
    "group": (remove_admin_inline_policy_from_group.remediation, GROUP),
}


@pytest.fixture
def aws() -> Iterator[Aws]:
    with opened("us-east-1") as aws:
        yield aws


def policies(aws: Aws) -> dict[str, Any]:
    """Return every principal's inline documents and attached ARNs."""
    found = aws.client("iam").get_account_authorization_details()
    lists = {
        "UserDetailList": "UserPolicyList",
        "RoleDetailList": "RolePolicyList",
        "GroupDetailList": "GroupPolicyList",
    }
    return {
        each["Arn"]: {
            "inline": {one["PolicyName"]: one["PolicyDocument"] for one in each.get(inline, [])},
            "attached": sorted(one["PolicyArn"] for one in each["AttachedManagedPolicies"]),
        }
        for kind, inline in lists.items()
        for each in found[kind]
    }


@pytest.mark.parametrize(("remediation", "resource"), DETACH.values(), ids=DETACH)
class TestDetachingAdministratorPolicies:
    def test_takes_those_two_and_leaves_every_other_policy_and_principal(
        self, aws: Aws, remediation: Remediation, resource: Resource
    ) -> None:
        make(aws, resource)
        before = policies(aws)
        arn = next(arn for arn in before if arn.endswith(f"/{resource.id}"))
        change = apply(aws, remediation, resource)
        assert change == ([OWN_ADMIN, AWS_ADMIN], [])
        assert policies(aws) == {**before, arn: {**before[arn], "attached": sorted(HARMLESS)}}
        undo(aws, remediation, resource, change)
        assert policies(aws) == before

    def test_a_harmless_policy_detached_meanwhile_is_no_drift(
        self, aws: Aws, remediation: Remediation, resource: Resource
    ) -> None:
        make(aws, resource)
        apply(aws, remediation, resource)
        kind = resource.type.rpartition("::")[2]
        detach = getattr(aws.client("iam"), f"detach_{kind.lower()}_policy")
        detach(PolicyArn=HARMLESS[0], **{f"{kind}Name": resource.id})
        assert read(remediation, aws, resource) == []

    def test_what_is_already_detached_is_no_error(self, aws: Aws, remediation: Remediation, resource: Resource) -> None:
        make(aws, resource)
        planned = plan(remediation, aws, resource)
        apply(aws, remediation, resource)
        remediation.write(aws, resource, planned.before, planned.after)
        assert read(remediation, aws, resource) == []

    def test_of_who_does_not_exist_is_gone(self, aws: Aws, remediation: Remediation, resource: Resource) -> None:
        with pytest.raises(Gone):
            read(remediation, aws, resource)


def put(aws: Aws, resource: Resource, name: str, *statements: dict[str, Any]) -> None:
    """Write an inline policy of a user, role or group."""
    kind = resource.type.rpartition("::")[2]
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    call = getattr(aws.client("iam"), f"put_{kind.lower()}_policy")
    call(**{f"{kind}Name": resource.id}, PolicyName=name, PolicyDocument=document)


@pytest.mark.parametrize(("remediation", "resource"), DELETE.values(), ids=DELETE)
class TestDeletingAdministratorInlinePolicies:
    def test_takes_those_and_leaves_every_other_policy_and_principal(
        self, aws: Aws, remediation: Remediation, resource: Resource
    ) -> None:
        make(aws, resource)
        put(aws, resource, "administrator", ALL)
        put(aws, resource, "harmless", {**ALL, "Action": "s3:*"}, {**ALL, "Effect": "Deny"})
        before = policies(aws)
        arn = next(arn for arn in before if arn.endswith(f"/{resource.id}"))
        change = apply(aws, remediation, resource)
        assert change == ({"administrator": before[arn]["inline"]["administrator"]}, {})
        left = {name: policy for name, policy in before[arn]["inline"].items() if name != "administrator"}
        assert "harmless" in left
        assert policies(aws) == {**before, arn: {**before[arn], "inline": left}}
        undo(aws, remediation, resource, change)
        assert policies(aws) == before

    def test_that_are_there_twice_or_rewritten_go_as_they_are(
        self, aws: Aws, remediation: Remediation, resource: Resource
    ) -> None:
        make(aws, resource)
        put(aws, resource, "administrator", ALL)
        put(aws, resource, "second", {**ALL, "Action": ["*:*"]}, {**ALL, "Action": "s3:*"})
        before = read(remediation, aws, resource)
        assert set(before) == {"administrator", "second"}
        remediation.write(aws, resource, before, {})
        remediation.write(aws, resource, before, {})  # what is already deleted is no error
        assert read(remediation, aws, resource) == {}

    def test_of_who_does_not_exist_is_gone(self, aws: Aws, remediation: Remediation, resource: Resource) -> None:
        with pytest.raises(Gone):
            read(remediation, aws, resource)


ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
STATEMENTS: dict[str, tuple[dict[str, Any], bool]] = {
    "everything": (ALL, True),
    "in lists, among others": ({**ALL, "Action": ["s3:GetObject", "*:*"], "Resource": ["arn:aws:s3:::a", "*"]}, True),
    "more stars": ({**ALL, "Action": "**", "Resource": "**"}, True),
    "under a condition": ({**ALL, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}, True),
    "a denial": ({**ALL, "Effect": "Deny"}, False),
    "one service": ({**ALL, "Action": "iam:*"}, False),
    "one bucket": ({**ALL, "Resource": "arn:aws:s3:::a/*"}, False),
    "all but one service": ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, False),
}


@pytest.mark.parametrize(("statement", "admin"), STATEMENTS.values(), ids=STATEMENTS)
def test_what_makes_an_administrator(statement: dict[str, Any], admin: bool) -> None:
    assert allows_everything(statement) is admin


def test_only_the_default_version_of_a_policy_counts(aws: Aws) -> None:
    make(aws, USER)
    iam = aws.client("iam")
    narrow = {"Version": "2012-10-17", "Statement": [{**ALL, "Action": "s3:*"}]}
    iam.create_policy_version(PolicyArn=OWN_ADMIN, PolicyDocument=json.dumps(narrow), SetAsDefault=True)
    assert read(detach_admin_policy_from_user.remediation, aws, USER) == [AWS_ADMIN]


@pytest.mark.parametrize(
    "remediation",
    [
        attach_deny_to_role.remediation,
        detach_admin_policy_from_role.remediation,
        remove_admin_inline_policy_from_role.remediation,
    ],
    ids=lambda r: r.id,
)
@pytest.mark.parametrize("name", ["AWSServiceRoleForSupport", "AWSReservedSSO_Admin_0123456789abcdef"])
def test_roles_that_aws_keeps_are_unsupported(aws: Aws, remediation: Remediation, name: str) -> None:
    role = replace(ROLE, id=name)
    make(aws, role)
    with pytest.raises(Unsupported, match=name):
        read(remediation, aws, role)


def test_denying_a_role_adds_one_policy_to_it_and_undo_takes_only_that(aws: Aws) -> None:
    make(aws, ROLE)
    before = policies(aws)
    arn = f"arn:aws:iam::{ACCOUNT}:role/web"
    change = apply(aws, attach_deny_to_role.remediation, ROLE)
    denied = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    assert change == (None, denied)
    inline = {**before[arn]["inline"], "countermeasure-deny": denied}
    assert policies(aws) == {**before, arn: {**before[arn], "inline": inline}}
    undo(aws, attach_deny_to_role.remediation, ROLE, change)
    assert policies(aws) == before


def test_a_denied_role_can_do_nothing_in_the_sessions_that_it_has(aws: Aws) -> None:
    make(aws, ROLE)
    key = aws.client("sts").assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/web", RoleSessionName="i-1")[
        "Credentials"
    ]
    web = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"], region_name="us-east-1")

    @set_initial_no_auth_action_count(0)
    def list_roles() -> None:
        web.client("iam").list_roles()

    list_roles()
    apply(aws, attach_deny_to_role.remediation, ROLE)
    with pytest.raises(ClientError, match="AccessDenied"):
        list_roles()


def test_the_console_is_denied_by_one_policy_and_the_password_stays(aws: Aws) -> None:
    make(aws, USER)
    before = policies(aws)
    change = apply(aws, remove_console_access.remediation, USER)
    assert change == ({"console": "allowed", "policy": None}, {"console": "denied"})
    arn = f"arn:aws:iam::{ACCOUNT}:user/alice"
    after = policies(aws)
    [statement] = after[arn]["inline"].pop("countermeasure-deny-console")["Statement"]
    assert after == before
    assert statement == {
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {"Null": {"aws:TokenIssueTime": "false"}, "BoolIfExists": {"aws:ViaAWSService": "false"}},
    }
    assert aws.client("iam").get_login_profile(UserName="alice")["LoginProfile"]["UserName"] == "alice"
    undo(aws, remove_console_access.remediation, USER, change)
    assert policies(aws) == before


def test_a_user_without_a_password_is_left_alone(aws: Aws) -> None:
    make(aws, USER)
    aws.client("iam").delete_login_profile(UserName="alice")
    assert not plan(remove_console_access.remediation, aws, USER).needed


def test_a_denied_console_stays_denied_when_the_password_is_deleted_meanwhile(aws: Aws) -> None:
    make(aws, USER)
    change = apply(aws, remove_console_access.remediation, USER)
    aws.client("iam").delete_login_profile(UserName="alice")
    assert read(remove_console_access.remediation, aws, USER) == change[1]


def test_a_user_that_does_not_exist_is_gone(aws: Aws) -> None:
    with pytest.raises(Gone):
        read(remove_console_access.remediation, aws, USER)
