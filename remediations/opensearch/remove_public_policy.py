"""Take the statements that let anyone in out of a domain's access policy, and leave the others as they are."""

from __future__ import annotations

import json

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.public_policy import changed, closed, state, text

OWNER_ONLY = "countermeasure-owner-only"
"""The Id of the policy that stands for none: a domain on the internet needs one that names somebody."""


def read(aws: Session, domain: Resource) -> Json:
    """Return the public statements (see `public_policy.state`); `policy` is null where the policy is our own.

    A domain in a VPC has none: only the VPC reaches it, and AWS lets such a policy stand for its security groups.
    """
    config = aws.client("opensearch").describe_domain_config(DomainName=domain.id)["DomainConfig"]
    if config.get("VPCOptions", {}).get("Options", {}).get("VPCId"):
        return {"public": []}
    return state(policy(config, domain))


def policy(config: Json, domain: Resource) -> Json:
    """Return the domain's access policy, None where it has none or the one that stands for none."""
    found = json.loads(config.get("AccessPolicies", {}).get("Options") or "null")
    return None if found == owner_only(domain) else found


def desired(now: Json, domain: Resource) -> Json:
    return closed(now)


def write(aws: Session, domain: Resource, now: Json, then: Json) -> None:
    opensearch = aws.client("opensearch")
    config = opensearch.describe_domain_config(DomainName=domain.id)["DomainConfig"]
    wanted = changed(policy(config, domain), now, then) or owner_only(domain)
    opensearch.update_domain_config(DomainName=domain.id, AccessPolicies=text(wanted))


def owner_only(domain: Resource) -> Json:
    """Return a policy by which the domain's own account may do everything, as far as IAM allows its principals."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{domain.partition}:iam::{domain.account}:root"},
        "Action": "es:*",
        "Resource": f"arn:{domain.partition}:es:{domain.region}:{domain.account}:domain/{domain.id}/*",
    }
    return {"Version": "2012-10-17", "Id": OWNER_ONLY, "Statement": [statement]}


remediation = Remediation(
    id="opensearch.remove_public_policy",
    title="Remove public statements from an OpenSearch domain's access policy",
    resource_type="AWS::OpenSearchService::Domain",
    reads=("es:DescribeDomainConfig",),
    writes=("es:UpdateDomainConfig",),
    pin=("arn:{partition}:es:{region}:{account}:domain/{id}",),
    impact=(
        "Whoever reached the domain by a public statement alone no longer does, once OpenSearch has applied it, which"
        " takes minutes: requests that are not signed by IAM credentials fail, those with a user name and password of"
        " the domain's own and Dashboards in a browser too. Where it was the whole policy, one that lets the domain's"
        " own account in takes its place. What was read is out. OpenSearch refuses while another change is running."
    ),
    confirm_undo="Undo lets anyone on the internet at the domain again that its policy let.",
    read=read,
    desired=desired,
    write=write,
)
