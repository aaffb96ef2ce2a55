"""An OpenID Connect provider that somebody added, beside the one of the company's own pipelines."""

from __future__ import annotations

import boto3

from chalicelib.model import Resource
from lab.scene import Scene

NEIGHBOUR = "https://pipelines.example.com"


def make(boto: boto3.Session, provider: Resource) -> str:
    """Return the provider's ARN in the account that it is made in; a URL or the ARN of an event names it."""
    url = provider.id.partition(":oidc-provider/")[2] or provider.id.removeprefix("https://")
    iam = boto.client("iam")
    have = {each["Arn"] for each in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]}
    for whole in (f"https://{url}", NEIGHBOUR):
        arn = f"arn:{provider.partition}:iam::{provider.account}:oidc-provider/{whole.removeprefix('https://')}"
        if arn not in have:
            iam.create_open_id_connect_provider(
                Url=whole,
                ClientIDList=["sts.amazonaws.com", "intruder"],
                ThumbprintList=["f" * 40, "a" * 40],
                Tags=[{"Key": "team", "Value": "platform"}, {"Key": "cost", "Value": "7"}],
            )
    return f"arn:{provider.partition}:iam::{provider.account}:oidc-provider/{url}"


def made_anew(boto: boto3.Session, provider: Resource) -> None:
    """Someone adds a provider of the same URL for a client of their own."""
    boto.client("iam").create_open_id_connect_provider(
        Url=f"https://{provider.id.partition(':oidc-provider/')[2]}", ClientIDList=["other"], ThumbprintList=["b" * 40]
    )


scene = Scene(
    resource_type="AWS::IAM::OIDCProvider",
    example="arn:aws:iam::111122223333:oidc-provider/idp.example.com/tenant",
    make=make,
    drift={"iam.remove_oidc_provider": made_anew},
)
