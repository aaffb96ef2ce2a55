"""Take the statements that let anyone in out of a secret's policy, and leave the others as they are."""

from __future__ import annotations

import json

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.public_policy import changed, closed, state, text


def read(aws: Session, secret: Resource) -> Json:
    """Return the public statements (see `public_policy.state`)."""
    return state(policy(aws, secret))


def desired(now: Json, secret: Resource) -> Json:
    return closed(now)


def write(aws: Session, secret: Resource, now: Json, then: Json) -> None:
    secrets = aws.client("secretsmanager")
    if wanted := changed(policy(aws, secret), now, then):
        secrets.put_resource_policy(SecretId=secret.id, ResourcePolicy=text(wanted))
    else:
        secrets.delete_resource_policy(SecretId=secret.id)


def policy(aws: Session, secret: Resource) -> Json:
    """Return the secret's policy, or None when it has none."""
    found = aws.client("secretsmanager").get_resource_policy(SecretId=secret.id)
    return json.loads(found.get("ResourcePolicy") or "null")


remediation = Remediation(
    id="secretsmanager.remove_public_policy",
    title="Remove public statements from a secret's policy",
    resource_type="AWS::SecretsManager::Secret",
    reads=("secretsmanager:GetResourcePolicy",),
    writes=("secretsmanager:PutResourcePolicy", "secretsmanager:DeleteResourcePolicy"),
    pin=("{id}",),
    impact=(
        "Other accounts that read the secret by a public statement alone no longer can, principals that it names"
        " beside `*` too. What they read they know: rotate it. Roles and users of the account go on by their own"
        " permissions, and the secret's replicas in other regions take over its policy. AWS refuses for a replica, and"
        " while the secret's deletion is scheduled."
    ),
    confirm_undo="Undo lets anyone at the secret again that its policy let.",
    read=read,
    desired=desired,
    write=write,
)
