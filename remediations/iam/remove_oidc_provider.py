"""Remove an OpenID Connect identity provider, so that nobody who holds its tokens can assume a role of the account."""

from __future__ import annotations

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.iam import providers

NOUN = "oidc-provider"


def read(aws: Session, provider: Resource) -> Json:
    """Return `{"url", "client_ids", "thumbprints", "tags"}`, None where there is no such provider."""
    get = aws.client("iam").get_open_id_connect_provider
    found = providers.found(get, OpenIDConnectProviderArn=providers.arn_of(provider, NOUN))
    if found is None:
        return None
    return {
        "url": found["Url"].removeprefix("https://"),
        "client_ids": sorted(found.get("ClientIDList", [])),
        "thumbprints": sorted(found.get("ThumbprintList", [])),
        "tags": providers.tags_of(found),
    }


def desired(now: Json, provider: Resource) -> Json:
    return None


def write(aws: Session, provider: Resource, now: Json, then: Json) -> None:
    iam = aws.client("iam")
    arn = providers.arn_of(provider, NOUN)
    if then is None:
        providers.delete(iam.delete_open_id_connect_provider, OpenIDConnectProviderArn=arn)
        return
    if now is None:
        iam.create_open_id_connect_provider(
            Url=f"https://{then['url']}", ClientIDList=then["client_ids"], ThumbprintList=then["thumbprints"]
        )
    if then["tags"]:
        iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=arn, Tags=providers.tag_list(then["tags"]))


remediation = Remediation(
    id="iam.remove_oidc_provider",
    title="Remove an OpenID Connect provider",
    resource_type="AWS::IAM::OIDCProvider",
    reads=("iam:GetOpenIDConnectProvider",),
    writes=(
        "iam:DeleteOpenIDConnectProvider",
        "iam:CreateOpenIDConnectProvider",
        "iam:TagOpenIDConnectProvider",
    ),
    pin=("arn:{partition}:iam::{account}:oidc-provider/*",),
    impact=(
        "Nobody can assume any role through the provider any more: every pipeline, cluster and application that does"
        " fails at its next session, healthy ones too; ask people first. Sessions made before go on: revoke those of"
        " the roles that trust it. Trust policies stay, and work again after undo, which makes the provider anew with"
        " its URL, client ids, thumbprints and tags."
    ),
    confirm_undo="Undo lets whoever controls the provider assume the roles that trust it again.",
    read=read,
    desired=desired,
    write=write,
)
