"""A SAML provider that somebody added, beside the company's own."""

from __future__ import annotations

import boto3

from chalicelib.model import Resource
from lab.fakes import iam as fakes
from lab.scene import Scene

NEIGHBOUR = "corporate"


def make(boto: boto3.Session, provider: Resource) -> str:
    """Return the provider's ARN in the account that it is made in; a name or the ARN of an event names it."""
    fakes.apply()
    name = provider.id.partition(":saml-provider/")[2] or provider.id
    iam = boto.client("iam")
    have = {each["Arn"] for each in iam.list_saml_providers()["SAMLProviderList"]}
    for each in (name, NEIGHBOUR):
        arn = f"arn:{provider.partition}:iam::{provider.account}:saml-provider/{each}"
        if arn not in have:
            iam.create_saml_provider(Name=each, SAMLMetadataDocument=metadata(f"https://{each}.example.com"))
            iam.tag_saml_provider(SAMLProviderArn=arn, Tags=[{"Key": "team", "Value": "platform"}])
    return f"arn:{provider.partition}:iam::{provider.account}:saml-provider/{name}"


def metadata(entity: str) -> str:
    """Return a metadata document of the 1,000 characters that IAM wants at least."""
    return f'<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{entity}"/>'.ljust(1000)


def made_anew(boto: boto3.Session, provider: Resource) -> None:
    """Someone adds a provider of the same name that trusts somebody else."""
    boto.client("iam").create_saml_provider(
        Name=provider.id.partition(":saml-provider/")[2], SAMLMetadataDocument=metadata("https://other.example.com")
    )


scene = Scene(
    resource_type="AWS::IAM::SAMLProvider",
    example="arn:aws:iam::111122223333:saml-provider/partner",
    make=make,
    drift={"iam.remove_saml_provider": made_anew},
)
