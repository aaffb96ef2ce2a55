"""Old sessions of a permission set are denied in every account that has it; its other statements stay."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import Gone, Unsupported
from chalicelib.model import Resource
from chalicelib.reconcile import plan, read
from lab.scenes.sso_permission_set import NEIGHBOUR, READ_LOGS
from remediations.sso.deny_permission_set_sessions import SID, remediation
from tests.aws import ACCOUNT, NOW, REGION, Aws, apply, make, undo

INSTANCE = "arn:aws:sso:::instance/ssoins-1111222233334444"
SETS = "arn:aws:sso:::permissionSet/ssoins-1111222233334444"
SET = Resource("AWS::SSO::PermissionSet", f"{SETS}/ps-aaaabbbbccccdddd", ACCOUNT, REGION, seen="2025-03-01T11:00:00Z")
OTHER = replace(SET, id=f"{SETS}/{NEIGHBOUR}")
CUT = {
    "Sid": SID,
    "Effect": "Deny",
    "Action": "*",
    "Resource": "*",
    "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2025-03-01T12:00:30Z"}},
}
REVOKED = {"sessions": "revoked", "accounts": "current"}
ALLOWED = {"sessions": "allowed", "accounts": "current", "statement": None}


def inline(aws: Aws, permission_set: Resource) -> Any:
    which = {"InstanceArn": INSTANCE, "PermissionSetArn": permission_set.id}
    text = aws.client("sso-admin").get_inline_policy_for_permission_set(**which)["InlinePolicy"]
    return json.loads(text) if text else None


def put(aws: Aws, permission_set: Resource, policy: Any) -> None:
    which = {"InstanceArn": INSTANCE, "PermissionSetArn": permission_set.id}
    aws.client("sso-admin").put_inline_policy_to_permission_set(**which, InlinePolicy=json.dumps(policy))


def test_sessions_until_half_a_minute_from_now_are_denied_and_provisioned_and_so_is_undo(aws: Aws) -> None:
    make(aws, SET)
    aws.calls.clear()
    change = apply(aws, remediation, SET)
    assert change == (ALLOWED, REVOKED)
    assert inline(aws, SET) == {"Version": "2012-10-17", "Statement": [CUT]}
    provision = {"InstanceArn": INSTANCE, "PermissionSetArn": SET.id, "TargetType": "ALL_PROVISIONED_ACCOUNTS"}
    assert [parameters for name, parameters in aws.calls if name == "ProvisionPermissionSet"] == [provision]
    undo(aws, remediation, SET, change)
    assert inline(aws, SET) is None


def test_another_permission_set_stays(aws: Aws) -> None:
    make(aws, SET)
    undo(aws, remediation, SET, apply(aws, remediation, SET))
    assert inline(aws, OTHER) == READ_LOGS


def test_other_statements_stay_before_ours_and_after_undo(aws: Aws) -> None:
    make(aws, SET)
    change = apply(aws, remediation, OTHER)
    assert inline(aws, OTHER) == {**READ_LOGS, "Statement": [READ_LOGS["Statement"], CUT]}
    undo(aws, remediation, OTHER, change)
    assert inline(aws, OTHER) == {**READ_LOGS, "Statement": [READ_LOGS["Statement"]]}


def test_a_statement_that_somebody_edits_meanwhile_is_no_drift_and_outlives_undo(aws: Aws) -> None:
    make(aws, SET)
    change = apply(aws, remediation, OTHER)
    edited = {**READ_LOGS["Statement"], "Action": "logs:*"}
    put(aws, OTHER, {**READ_LOGS, "Statement": [CUT, edited]})
    aws.client("sso-admin").provision_permission_set(
        InstanceArn=INSTANCE, PermissionSetArn=OTHER.id, TargetType="ALL_PROVISIONED_ACCOUNTS"
    )
    assert read(remediation, aws, OTHER) == change[1]
    undo(aws, remediation, OTHER, change)
    assert inline(aws, OTHER)["Statement"] == [edited]


def test_a_revocation_holds_only_when_every_account_has_it_and_keeps_its_time_meanwhile(aws: Aws) -> None:
    make(aws, SET)
    put(aws, SET, {"Version": "2012-10-17", "Statement": [CUT]})
    assert read(remediation, aws, SET) == {**REVOKED, "accounts": "stale"}
    later = replace(aws, now=NOW + timedelta(minutes=5))
    apply(later, remediation, SET)
    assert inline(aws, SET)["Statement"] == [CUT]


def test_a_session_seen_after_a_revocation_is_revoked_again_and_undo_goes_one_step_back(aws: Aws) -> None:
    make(aws, SET)
    apply(aws, remediation, SET)
    later, again = replace(aws, now=NOW + timedelta(hours=2)), replace(SET, seen="2025-03-01T13:30:00Z")
    second = apply(later, remediation, again)
    assert second == ({**ALLOWED, "statement": CUT}, REVOKED)
    undo(later, remediation, again, second)
    assert inline(aws, SET)["Statement"] == [CUT]


@pytest.mark.parametrize(
    "id_", ["administrators", "ps-aaaabbbbccccdddd", f"{INSTANCE}/ps-aaaabbbbccccdddd", f"{SETS}/*"]
)
def test_what_is_no_permission_sets_arn_is_unsupported(aws: Aws, id_: str) -> None:
    with pytest.raises(Unsupported, match="is no permission set's ARN"):
        read(remediation, aws, replace(SET, id=id_))


def test_a_permission_set_that_does_not_exist_is_gone(aws: Aws) -> None:
    make(aws, SET)
    with pytest.raises(Gone):
        plan(remediation, aws, replace(SET, id=f"{SETS}/ps-0000000000000000"))
