"""Deny an IAM user's console sessions, and keep the password: AWS cannot switch it off, and deleting it loses it."""

from __future__ import annotations

from botocore.exceptions import ClientError

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.iam.policies import DENY_ALL, delete_inline, document, put_inline, read_inline

POLICY = "countermeasure-deny-console"
TEMPORARY = {"Null": {"aws:TokenIssueTime": "false"}, "BoolIfExists": {"aws:ViaAWSService": "false"}}
DENIED = document({**DENY_ALL, "Condition": TEMPORARY})
"""The console works with temporary credentials, and these alone have a time of issue; requests that are signed with a
long-term key have none, but those that a service then makes for the user may (IAM User Guide, "AWS global condition
context keys")."""


def read(aws: Session, user: Resource) -> Json:
    """Return `{"console": "denied" | "no password" | "allowed"}`, with the policy of our name that allows it if any."""
    iam = aws.client("iam")
    iam.get_user(UserName=user.id)  # a user that is gone, an absent policy and an absent password get one answer below
    policy = read_inline(iam.get_user_policy, UserName=user.id, PolicyName=POLICY)
    if policy == DENIED:
        return {"console": "denied"}
    if not has_password(iam, user.id):
        return {"console": "no password"}
    return {"console": "allowed", "policy": policy}


def has_password(iam: Json, user: str) -> bool:
    try:
        iam.get_login_profile(UserName=user)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        return False
    return True


def desired(now: Json, user: Resource) -> Json:
    return now if now["console"] == "no password" else {"console": "denied"}


def write(aws: Session, user: Resource, now: Json, then: Json) -> None:
    iam = aws.client("iam")
    wanted = DENIED if then["console"] == "denied" else then.get("policy")
    if wanted is None:
        delete_inline(iam.delete_user_policy, UserName=user.id, PolicyName=POLICY)
    else:
        put_inline(iam.put_user_policy, wanted, UserName=user.id, PolicyName=POLICY)


remediation = Remediation(
    id="iam.remove_console_access",
    title="Deny an IAM user's console sessions",
    resource_type="AWS::IAM::User",
    reads=("iam:GetUser", "iam:GetUserPolicy", "iam:GetLoginProfile"),
    writes=("iam:PutUserPolicy", "iam:DeleteUserPolicy"),
    pin=("arn:{partition}:iam::{account}:user/{id}", "arn:{partition}:iam::{account}:user/*/{id}"),
    impact="The user can sign in, and then do nothing: sessions that are open now, too. Scripts that work with sessions"
    " of GetSessionToken or GetFederationToken (a command line with MFA) fail as well. The password and the MFA devices"
    " stay; the user's access keys go on, and so do sessions of roles that the user has assumed.",
    read=read,
    desired=desired,
    write=write,
)
