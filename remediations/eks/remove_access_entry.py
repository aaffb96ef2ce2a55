"""Take away a principal's access entry in a cluster, so that its IAM credentials open nothing there."""

from __future__ import annotations

import re

from botocore.exceptions import ClientError

from chalicelib.errors import Unsupported
from chalicelib.model import Json, Remediation, Resource, Session

PRINCIPAL = re.compile(
    r"arn:aws[a-z-]*:(?:iam|sts)::(?P<account>\d{12}):(?P<kind>user|role|assumed-role)/(?P<name>[\w+=,.@/-]+)",
    re.ASCII,
)
"""What an event says of an IAM principal: a session stands for its role."""

CONFIG_MAP = "authentication mode"
"""In how EKS says that the cluster has no access entries (an InvalidRequestException like any other)."""


def read(aws: Session, cluster: Resource) -> Json:
    """Return `{"entry": null}`, or the entry as it was made: principal, groups, tags, policies, and a username if not
    EKS's own. Raises Unsupported where there can be none, or where nodes depend on it.
    """
    eks = aws.client("eks")
    wanted = identity(cluster.details.get("principal", ""))
    if not wanted:
        raise Unsupported(f"{cluster.id}: the finding names no IAM user or role whose access could be taken away")
    arn = next((each for each in entries(eks, cluster) if identity(each) == wanted), None)
    if not arn:
        return {"entry": None}
    entry = eks.describe_access_entry(clusterName=cluster.id, principalArn=arn)["accessEntry"]
    if entry["type"] != "STANDARD":
        raise Unsupported(
            f"{arn} is the role of {cluster.id}'s nodes ({entry['type']}): without its entry all of them would fail;"
            " isolate the node that misuses it"
        )
    return {"entry": recorded(entry, policies(eks, cluster, arn))}


def identity(arn: str) -> tuple[str, ...]:
    """Return account, kind and name of a user or role, nothing for anybody else.

    A session's ARN leaves its role's path out, and no two roles of an account differ by their path alone.
    """
    if not (found := PRINCIPAL.fullmatch(arn)):
        return ()
    if found["kind"] == "assumed-role":
        return found["account"], "role", found["name"].partition("/")[0]
    return found["account"], found["kind"], found["name"].rpartition("/")[2]


def entries(eks: Json, cluster: Resource) -> list[str]:
    """Return the principals that have an entry. Raises Unsupported where the cluster keeps none."""
    try:
        pages = list(eks.get_paginator("list_access_entries").paginate(clusterName=cluster.id))
    except ClientError as error:
        if CONFIG_MAP not in error.response["Error"].get("Message", ""):
            raise
        raise Unsupported(
            f"{cluster.id} knows its users from the ConfigMap aws-auth alone: take the principal out of that by kubectl"
        ) from error
    return [arn for page in pages for arn in page["accessEntries"]]


def policies(eks: Json, cluster: Resource, arn: str) -> Json:
    """Return the access policies of an entry: ARN -> scope, its namespaces sorted."""
    pages = eks.get_paginator("list_associated_access_policies").paginate(clusterName=cluster.id, principalArn=arn)
    return {
        each["policyArn"]: {
            "type": each["accessScope"]["type"],
            "namespaces": sorted(each["accessScope"].get("namespaces", ())),
        }
        for page in pages
        for each in page["associatedAccessPolicies"]
    }


def recorded(entry: Json, associated: Json) -> Json:
    """Return what the entry is made of again. Tags of AWS's own (`aws:`) nobody can set."""
    record = {
        "principal": entry["principalArn"],
        "groups": sorted(entry.get("kubernetesGroups", ())),
        "tags": {key: value for key, value in entry.get("tags", {}).items() if not key.startswith("aws:")},
        "policies": associated,
    }
    return record if is_default(entry) else {**record, "username": entry["username"]}


def is_default(entry: Json) -> bool:
    """Return whether EKS chose the username: a user's ARN, or that of a role's session."""
    _, kind, name = identity(entry["principalArn"])
    told = str(entry["username"])
    if kind == "user":
        return told == str(entry["principalArn"])
    return ":assumed-role/" in told and told.endswith(f"/{name}/{{{{SessionName}}}}")


def desired(now: Json, cluster: Resource) -> Json:
    return {"entry": None}


def write(aws: Session, cluster: Resource, now: Json, then: Json) -> None:
    eks = aws.client("eks")
    there, wanted = now["entry"], then["entry"]
    if not wanted:
        if there:
            eks.delete_access_entry(clusterName=cluster.id, principalArn=there["principal"])
        return
    which = {"clusterName": cluster.id, "principalArn": wanted["principal"]}
    if not there:
        named = {"username": wanted["username"]} if "username" in wanted else {}
        eks.create_access_entry(**which, kubernetesGroups=wanted["groups"], tags=wanted["tags"], **named)
    has = there["policies"] if there else {}
    for policy, scope in wanted["policies"].items():
        if has.get(policy) != scope:
            eks.associate_access_policy(**which, policyArn=policy, accessScope=scope)


remediation = Remediation(
    id="eks.remove_access_entry",
    title="Remove a principal's access entry from an EKS cluster",
    resource_type="AWS::EKS::Cluster",
    reads=("eks:ListAccessEntries", "eks:DescribeAccessEntry", "eks:ListAssociatedAccessPolicies"),
    writes=("eks:DeleteAccessEntry", "eks:CreateAccessEntry", "eks:AssociateAccessPolicy", "eks:TagResource"),
    pin=(
        "arn:{partition}:eks:{region}:{account}:cluster/{id}",
        "arn:{partition}:eks:{region}:{account}:access-entry/{id}/*/*/*/*",
    ),
    impact=(
        "The user or role that the finding names can do nothing in the cluster by its IAM credentials, within minutes;"
        " every session of a role is shut out, healthy ones too. If it was the cluster's only administrator, nobody is"
        " until somebody makes another entry. Where the ConfigMap aws-auth names it as well, it gets in by that; and"
        " whoever may make access entries can make this one again. Service accounts, certificates, role bindings and"
        " pods that it made in the cluster stay, and what IAM lets it do with the cluster from outside, too."
    ),
    confirm_undo="Undo lets the principal into the cluster again, with all that it was allowed there.",
    read=read,
    desired=desired,
    write=write,
)
