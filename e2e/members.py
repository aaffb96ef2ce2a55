"""The members: the member template in each account and region, as a StackSet would deploy it, and what goes wrong."""

from __future__ import annotations

import functools
import json
from dataclasses import replace
from typing import Any

from chalicelib.catalogue import Catalogue
from chalicelib.organization import Organization
from e2e.emulators import Emulators
from e2e.package import STAGE
from e2e.slack import SIGNING_SECRET, TOKEN
from infrastructure import member

EXTERNAL_ID = "an-external-id-of-this-test"
SANDBOX, PROD, JUST_JOINED, OTHER_HUBS, MOVED_AWAY = (
    "111122223333",
    "444455556666",
    "555566667777",
    "666677778888",
    "777788889999",
)
STRANGER = "999900001111"
"""An account that organization.toml does not name."""

_STACK = "countermeasure-member"


def install(aws: Emulators, catalogue: Catalogue, ours: Organization) -> None:
    """Deploy the member template: rightly in two accounts, with another's external id, for another organization.

    The account that just joined has none yet.
    """
    elsewhere = replace(ours, id="o-anotherorg0")
    for account, organization, external_id, regions in (
        (SANDBOX, ours, EXTERNAL_ID, ("us-east-1", "eu-central-1")),
        (PROD, ours, EXTERNAL_ID, ("us-east-1",)),
        (OTHER_HUBS, ours, "the-external-id-of-another-hub", ("us-east-1",)),
        (MOVED_AWAY, elsewhere, EXTERNAL_ID, ("us-east-1",)),
    ):
        template = member.template(catalogue, organization, STAGE)
        for region in regions:
            aws.member("cloudformation", account, region).create_stack(
                StackName=_STACK,
                TemplateBody=json.dumps(template),
                Parameters=[{"ParameterKey": "ExternalId", "ParameterValue": external_id}],
                Capabilities=["CAPABILITY_NAMED_IAM"],
            )


def keep_secrets(aws: Emulators, ours: Organization) -> None:
    """Store in the hub's account what organization.toml refers to."""
    name = ours.external_id.removeprefix("ssm:")
    aws.member("ssm", ours.hub).put_parameter(Name=name, Value=EXTERNAL_ID, Type="SecureString")
    slack = ours.channels.slack_secret.removeprefix("secretsmanager:")
    secret = json.dumps({"bot_token": TOKEN, "signing_secret": SIGNING_SECRET})
    aws.member("secretsmanager", ours.hub).create_secret(Name=slack, SecretString=secret)


def replace_slack_secret(aws: Emulators, ours: Organization, **values: str) -> None:
    """Store another secret for Slack; functions that have read the old one keep it for five minutes."""
    slack = ours.channels.slack_secret.removeprefix("secretsmanager:")
    aws.member("secretsmanager", ours.hub).put_secret_value(SecretId=slack, SecretString=json.dumps(values))


def administrator(aws: Emulators, account: str, region: str) -> Any:
    """Return what gives an administrator's client of a service in an account and region."""
    return functools.cache(lambda service: aws.member(service, account, region))
