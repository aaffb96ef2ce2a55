"""Deny an IAM user everything, whichever key, password or session of the user asks."""

from __future__ import annotations

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.iam.policies import DENY_ALL, delete_inline, document, put_inline, read_inline

POLICY = "countermeasure-deny"


def read(aws: Session, user: Resource) -> Json:
    iam = aws.client("iam")
    iam.get_user(UserName=user.id)  # a user that is gone and a policy that is absent get the same answer below
    return read_inline(iam.get_user_policy, UserName=user.id, PolicyName=POLICY)


def desired(now: Json, user: Resource) -> Json:
    return document(DENY_ALL)


def write(aws: Session, user: Resource, now: Json, then: Json) -> None:
    iam = aws.client("iam")
    if then is None:
        delete_inline(iam.delete_user_policy, UserName=user.id, PolicyName=POLICY)
    else:
        put_inline(iam.put_user_policy, then, UserName=user.id, PolicyName=POLICY)


remediation = Remediation(
    id="iam.deny_user",
    title="Deny an IAM user everything",
    resource_type="AWS::IAM::User",
    reads=("iam:GetUser", "iam:GetUserPolicy"),
    writes=("iam:PutUserPolicy", "iam:DeleteUserPolicy"),
    pin=("arn:{partition}:iam::{account}:user/{id}", "arn:{partition}:iam::{account}:user/*/{id}"),
    impact="The user can do nothing: console, every key, and sessions from GetSessionToken and GetFederationToken"
    " included. Sessions of roles that the user has assumed go on.",
    read=read,
    desired=desired,
    write=write,
)
