"""Remove a SAML identity provider, so that nobody whom it vouches for can assume a role of the account."""

from __future__ import annotations

import re

from chalicelib.errors import Unsupported
from chalicelib.model import Json, Remediation, Resource, Session
from remediations.iam import providers

NOUN = "saml-provider"
IDENTITY_CENTER = re.compile(r"(^|/)AWSSSO_[0-9a-f]{16}_DO_NOT_DELETE$")
LONGEST = 100_000
"""Characters of a metadata document that is kept for undo; IAM takes 10,000,000, and the ledger does not."""


def read(aws: Session, provider: Resource) -> Json:
    """Return `{"metadata", "tags"}`, None where there is no such provider. Raises Unsupported for Identity Center's,
    and for what undo could not bring back: private keys, which IAM never shows, and huge metadata.
    """
    if IDENTITY_CENTER.search(provider.id):
        raise Unsupported(f"{provider.id} is Identity Center's way into this account: disable its users there")
    get = aws.client("iam").get_saml_provider
    found = providers.found(get, SAMLProviderArn=providers.arn_of(provider, NOUN))
    if found is None:
        return None
    if found.get("PrivateKeyList"):
        raise Unsupported(f"{provider.id} decrypts assertions with a key that IAM shows nobody: remove it by hand")
    if len(found["SAMLMetadataDocument"]) > LONGEST:
        raise Unsupported(f"{provider.id} has too much metadata to be kept for undo: save it, and remove it by hand")
    return {"metadata": found["SAMLMetadataDocument"], "tags": providers.tags_of(found)}


def desired(now: Json, provider: Resource) -> Json:
    return None


def write(aws: Session, provider: Resource, now: Json, then: Json) -> None:
    iam = aws.client("iam")
    arn = providers.arn_of(provider, NOUN)
    if then is None:
        providers.delete(iam.delete_saml_provider, SAMLProviderArn=arn)
        return
    if now is None:
        iam.create_saml_provider(Name=arn.split("/", 1)[1], SAMLMetadataDocument=then["metadata"])
    if then["tags"]:
        iam.tag_saml_provider(SAMLProviderArn=arn, Tags=providers.tag_list(then["tags"]))


remediation = Remediation(
    id="iam.remove_saml_provider",
    title="Remove a SAML provider",
    resource_type="AWS::IAM::SAMLProvider",
    reads=("iam:GetSAMLProvider",),
    writes=("iam:DeleteSAMLProvider", "iam:CreateSAMLProvider", "iam:TagSAMLProvider"),
    pin=("arn:{partition}:iam::{account}:saml-provider/*",),
    impact=(
        "Nobody can sign in or assume any role through the provider any more: all of its people, healthy ones too; ask"
        " people first, and be sure of another way in. Sessions made before go on: revoke those of the roles that trust"
        " it. Trust policies stay, and work again after undo, which makes the provider anew with its metadata and tags,"
        " under the same ARN and another unique id."
    ),
    confirm_undo="Undo lets whoever controls the provider assume the roles that trust it again.",
    read=read,
    desired=desired,
    write=write,
)
