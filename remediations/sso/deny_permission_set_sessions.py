"""Deny every session of an Identity Center permission set that was issued before now, in all accounts that have it."""

from __future__ import annotations

import json
import re

from chalicelib.errors import Unsupported
from chalicelib.model import Json, Remediation, Resource, Session
from remediations.iam.policies import document, statements
from remediations.iam.revocations import AHEAD, is_revoked, revocation

SID = "CountermeasureRevokeSessions"
ARN = re.compile(r"(?P<start>arn:[a-z-]+:sso:::)permissionSet/(?P<instance>[\w.-]+)/ps-[\w./-]+", re.ASCII)


def read(aws: Session, permission_set: Resource) -> Json:
    """Return `{"sessions": "revoked" | "allowed", "accounts": "current" | "stale"}`, with the statement of our name
    that allows them if any. Accounts are stale while one of them has not got the permission set as it is.
    """
    sso, which = aws.client("sso-admin"), named(permission_set)
    pages = sso.get_paginator("list_accounts_for_provisioned_permission_set").paginate(
        **which, ProvisioningStatus="LATEST_PERMISSION_SET_NOT_PROVISIONED"
    )
    accounts = "stale" if any(page["AccountIds"] for page in pages) else "current"
    ours = next((each for each in statements(inline(sso, which)) if each.get("Sid") == SID), None)
    bare = {part: value for part, value in ours.items() if part != "Sid"} if ours else None
    if bare and is_revoked(document(bare), permission_set.seen, aws.now):
        return {"sessions": "revoked", "accounts": accounts}
    return {"sessions": "allowed", "accounts": accounts, "statement": ours}


def named(permission_set: Resource) -> dict[str, str]:
    """Return how the API names the permission set: by its own ARN, and that of the instance within it."""
    arn = ARN.fullmatch(permission_set.id)
    if not arn:
        raise Unsupported(
            f"{permission_set.id} is no permission set's ARN (arn:aws:sso:::permissionSet/ssoins-.../ps-...)"
        )
    return {"InstanceArn": f"{arn['start']}instance/{arn['instance']}", "PermissionSetArn": permission_set.id}


def inline(sso: Json, which: dict[str, str]) -> Json:
    """Return the permission set's inline policy, None where it has none: the API's answer is then empty."""
    text = sso.get_inline_policy_for_permission_set(**which).get("InlinePolicy")
    return json.loads(text) if text else None


def desired(now: Json, permission_set: Resource) -> Json:
    return {"sessions": "revoked", "accounts": "current"}


def write(aws: Session, permission_set: Resource, now: Json, then: Json) -> None:
    sso, which = aws.client("sso-admin"), named(permission_set)
    if then["sessions"] == "allowed":
        put(sso, which, then["statement"])
    elif now["sessions"] == "allowed":
        put(sso, which, {"Sid": SID, **revocation(aws.now + AHEAD)["Statement"][0]})
    # A change of the permission set is in no account before it is provisioned there, which AWS does meanwhile.
    sso.provision_permission_set(**which, TargetType="ALL_PROVISIONED_ACCOUNTS")


def put(sso: Json, which: dict[str, str], statement: Json) -> None:
    """Put the statement in the place of ours, or take ours out; other statements stay as they are."""
    policy = inline(sso, which)
    found = statements(policy)
    place = next((index for index, each in enumerate(found) if each.get("Sid") == SID), len(found))
    wanted = [*found[:place], *([statement] if statement else []), *found[place + 1 :]]
    if wanted == found:
        return
    if wanted:
        text = json.dumps({**(policy or document()), "Statement": wanted})
        sso.put_inline_policy_to_permission_set(**which, InlinePolicy=text)
    else:
        sso.delete_inline_policy_from_permission_set(**which)


remediation = Remediation(
    id="sso.deny_permission_set_sessions",
    title="Revoke all sessions of a permission set",
    resource_type="AWS::SSO::PermissionSet",
    reads=("sso:GetInlinePolicyForPermissionSet", "sso:ListAccountsForProvisionedPermissionSet"),
    writes=(
        "sso:PutInlinePolicyToPermissionSet",
        "sso:DeleteInlinePolicyFromPermissionSet",
        "sso:ProvisionPermissionSet",
    ),
    pin=("arn:{partition}:sso:::instance/*", "arn:{partition}:sso:::account/*", "{id}"),
    impact=(
        "Everybody's sessions of the permission set issued until half a minute from now lose all access, in every"
        " account that has it and once AWS has provisioned it there, which takes minutes; changes of the permission set"
        " that waited for that are provisioned too. Whoever is still signed in to the access portal gets a new session"
        " at once, the intruder too: first disable the user and delete the user's portal sessions in Identity Center."
        " Other permission sets of the user go on. AWS lets nobody but the management account itself change a set that"
        " is provisioned in it."
    ),
    read=read,
    desired=desired,
    write=write,
)
