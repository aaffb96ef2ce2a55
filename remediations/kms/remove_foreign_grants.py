"""Revoke the grants of a KMS key that let principals of other accounts use it."""

from __future__ import annotations

import json

from botocore.exceptions import ClientError

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.outsiders import is_outsider, known_accounts

PARTS = {
    "grantee": "GranteePrincipal",
    "retiring": "RetiringPrincipal",
    "retiring_service": "RetiringServicePrincipal",
    "constraints": "Constraints",
    "name": "Name",
}
"""What a grant is beside its operations, and how KMS names that in ListGrants and CreateGrant alike."""


def read(aws: Session, key: Resource) -> Json:
    """Return the foreign grants, sorted, each `{"grantee", "operations", ...}` without the id that KMS made up."""
    return sorted((record for record, _ in foreign(aws, key)), key=lambda record: json.dumps(record, sort_keys=True))


def foreign(aws: Session, key: Resource) -> list[tuple[Json, str]]:
    """Return the record and the id of every grant whose grantee is of an account that is not known to be ours."""
    pages = aws.client("kms").get_paginator("list_grants").paginate(KeyId=key.id)
    ours = known_accounts(key)
    return [
        (recorded(grant), grant["GrantId"])
        for page in pages
        for grant in page["Grants"]
        if is_outsider(grant.get("GranteePrincipal", ""), ours)
    ]


def recorded(grant: Json) -> Json:
    record = {part: grant[theirs] for part, theirs in PARTS.items() if grant.get(theirs)}
    return {**record, "operations": sorted(grant["Operations"])}


def desired(now: Json, key: Resource) -> Json:
    return []


def write(aws: Session, key: Resource, now: Json, then: Json) -> None:
    kms = aws.client("kms")
    missing = list(then)
    for record, id_ in foreign(aws, key):
        if record in missing:
            missing.remove(record)
        else:
            revoke(kms, key.id, id_)
    for record in missing:
        parts = {theirs: record[part] for part, theirs in PARTS.items() if part in record}
        kms.create_grant(KeyId=key.id, Operations=record["operations"], **parts)


def revoke(kms: Json, key: str, grant: str) -> None:
    """Revoke the grant; one that is already revoked may be listed for minutes."""
    try:
        kms.revoke_grant(KeyId=key, GrantId=grant)
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"NotFoundException", "InvalidGrantIdException"}:
            raise


remediation = Remediation(
    id="kms.remove_foreign_grants",
    title="Revoke a KMS key's grants to other accounts",
    resource_type="AWS::KMS::Key",
    reads=("kms:ListGrants",),
    writes=("kms:RevokeGrant", "kms:CreateGrant"),
    pin=("arn:{partition}:kms:{region}:{account}:key/{id}",),
    asks=("organization_accounts",),
    impact=(
        "Principals of other accounts can no longer use the key by grant, within minutes: shared snapshots, images and"
        " Auto Scaling groups over there stop working, those of other accounts of the organization included. Grants to"
        " principals of the account and to AWS services stay, and so does what the key's policy allows other accounts."
        " Data keys that were decrypted before are known. Undo makes like grants, with other ids and tokens: whoever"
        " kept an id to retire its grant cannot."
    ),
    confirm_undo="Undo lets the other accounts use the key again.",
    read=read,
    desired=desired,
    write=write,
)
