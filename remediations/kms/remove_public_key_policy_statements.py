"""Take the statements that let anyone in out of a KMS key's policy, and leave the others as they are."""

from __future__ import annotations

import json

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.public_policy import changed, closed, state, text

OWNER_ONLY = "countermeasure-owner-only"
"""The Id of the policy that stands for none: KMS lets no key be without a policy."""

NAME = "default"
"""The only name that a key policy can have (KMS API reference, PutKeyPolicy)."""


def read(aws: Session, key: Resource) -> Json:
    """Return the public statements (see `public_policy.state`); `policy` is null where the policy is our own."""
    return state(policy(aws, key))


def desired(now: Json, key: Resource) -> Json:
    return closed(now)


def write(aws: Session, key: Resource, now: Json, then: Json) -> None:
    wanted = changed(policy(aws, key), now, then) or owner_only(key)
    # With KMS's check for a lockout: it refuses a policy that nobody could change again.
    aws.client("kms").put_key_policy(KeyId=key.id, PolicyName=NAME, Policy=text(wanted))


def policy(aws: Session, key: Resource) -> Json:
    """Return the key's policy, None for the one that stands for none."""
    found = json.loads(aws.client("kms").get_key_policy(KeyId=key.id, PolicyName=NAME)["Policy"])
    return None if found == owner_only(key) else found


def owner_only(key: Resource) -> Json:
    """Return the policy that a key has by default, under an Id of ours: IAM of its own account decides."""
    statement = {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{key.partition}:iam::{key.account}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Id": OWNER_ONLY, "Statement": [statement]}


remediation = Remediation(
    id="kms.remove_public_key_policy_statements",
    title="Remove public statements from a KMS key's policy",
    resource_type="AWS::KMS::Key",
    reads=("kms:GetKeyPolicy",),
    writes=("kms:PutKeyPolicy",),
    pin=("arn:{partition}:kms:{region}:{account}:key/{id}",),
    impact=(
        "Whoever used the key by a public statement alone no longer can, within minutes: other accounts, principals"
        " that it names beside `*`, and roles of this account that nothing else allows it. Where it was the whole"
        " policy, the one that a new key has takes its place: then IAM policies of the account decide. Grants stay."
        " Data keys that were decrypted before are known. KMS refuses where nobody could change the policy afterwards."
    ),
    confirm_undo="Undo lets anyone use the key again that its policy let.",
    read=read,
    desired=desired,
    write=write,
)
