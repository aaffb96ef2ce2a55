"""Take the principals of other accounts, and everyone, out of a role's trust policy; the rest of it stays."""

from __future__ import annotations

import json

from botocore.exceptions import ClientError

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.iam.policies import changeable_role, statements
from remediations.iam.trust import Ours, normal, without_outsiders
from remediations.outsiders import known_accounts

NOBODY = {"Sid": "CountermeasureNobody", "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
"""What stands where every statement was an outsider's: IAM takes no trust policy without one."""


def read(aws: Session, role: Resource) -> Json:
    """Return the statements that let in outsiders, each `{"place": its index, "statement": the whole of it}`."""
    found = statements(changeable_role(aws, role, role.id)["AssumeRolePolicyDocument"])
    ours = known(aws, role)
    return [
        {"place": place, "statement": normal(statement)}
        for place, statement in enumerate(found)
        if without_outsiders(statement, ours) != statement
    ]


def known(aws: Session, role: Resource) -> Ours:
    """Return what is known to be ours: accounts, the organization and its management account."""
    accounts = known_accounts(role)
    try:
        organization = aws.client("organizations").describe_organization()["Organization"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "AWSOrganizationsNotInUseException":
            raise
        return Ours(accounts)
    return Ours(accounts | {organization["MasterAccountId"]}, organization["Id"])


def desired(now: Json, role: Resource) -> Json:
    return []


def write(aws: Session, role: Resource, now: Json, then: Json) -> None:
    policy = changeable_role(aws, role, role.id)["AssumeRolePolicyDocument"]
    found = statements(policy)
    wanted = rewritten(found, then, known(aws, role))
    if wanted != found:
        trust = json.dumps({**policy, "Statement": wanted})
        aws.client("iam").update_assume_role_policy(RoleName=role.id, PolicyDocument=trust)


def rewritten(found: list[Json], then: list[Json], ours: Ours) -> list[Json]:
    """Return the statements without outsiders but for those in `then`, which are put back in their places."""
    back = [entry["statement"] for entry in then]
    left = [statement if normal(statement) in back else without_outsiders(statement, ours) for statement in found]
    wanted = [statement for statement in left if statement and statement.get("Sid") != NOBODY["Sid"]]
    there = [normal(statement) for statement in wanted]
    for entry in then:
        whole = entry["statement"]
        if whole in there:
            there.remove(whole)
            continue
        trimmed = [index for index, one in enumerate(wanted) if normal(one) == without_outsiders(whole, ours)]
        for index in trimmed[:1]:
            del wanted[index]
        wanted.insert(entry["place"], whole)
    return wanted or [NOBODY]


remediation = Remediation(
    id="iam.restore_trust_policy",
    title="Take outsiders out of a role's trust policy",
    resource_type="AWS::IAM::Role",
    reads=("iam:GetRole", "organizations:DescribeOrganization"),
    writes=("iam:UpdateAssumeRolePolicy",),
    pin=("arn:{partition}:iam::{account}:role/{id}", "arn:{partition}:iam::{account}:role/*/{id}"),
    asks=("organization_accounts",),
    impact="Nobody of an account that is not known to be ours can assume the role any more: vendors with an external id"
    " included, and accounts of the organization that organization.toml leaves out, unless a condition on"
    " aws:PrincipalOrgID or aws:PrincipalAccount limits the statement to ours. Services, the account's own principals"
    " and identity providers stay, even if the intruder added them. Sessions that outsiders have now go on until they"
    " expire: revoke the role's sessions, too.",
    confirm_undo="Undo lets the outsiders assume the role again.",
    read=read,
    desired=desired,
    write=write,
)
