"""Keys, secrets, search domains and backup vaults: what is public goes, what is next to it stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.errors import Gone
from chalicelib.model import Resource
from chalicelib.reconcile import plan, read, write
from remediations.backup import remove_public_vault_policy as backup
from remediations.kms import remove_public_key_policy_statements as kms
from remediations.opensearch import remove_public_policy as opensearch
from remediations.secretsmanager import remove_public_policy as secretsmanager
from tests.aws import ACCOUNT, REGION, Aws, apply, make, undo

KEY = Resource("AWS::KMS::Key", "1234abcd-12ab-34cd-56ef-1234567890ab", ACCOUNT, REGION)
ARN = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:prod/database-a1b2c3"
SECRET = Resource("AWS::SecretsManager::Secret", ARN, ACCOUNT, REGION)
DOMAIN = Resource("AWS::OpenSearchService::Domain", "search", ACCOUNT, REGION)
VAULT = Resource("AWS::Backup::BackupVault", "daily", ACCOUNT, REGION)

OWN = {"Sid": "own", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "*"}
ANYBODY = {"Sid": "anybody", "Effect": "Allow", "Principal": "*", "Action": "*"}
DENIED = {"Sid": "denied", "Effect": "Deny", "Principal": "*", "Action": "*"}
LIMIT = {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}}
LIMITED = {**ANYBODY, "Sid": "limited", **LIMIT}

Put = Callable[[Aws, str, str], Any]
UNITS: dict[str, tuple[Any, Resource, Put]] = {
    "kms": (
        kms,
        KEY,
        lambda aws, id_, text: aws.client("kms").put_key_policy(KeyId=id_, PolicyName="default", Policy=text),
    ),
    "secretsmanager": (
        secretsmanager,
        SECRET,
        lambda aws, id_, text: aws.client("secretsmanager").put_resource_policy(SecretId=id_, ResourcePolicy=text),
    ),
    "opensearch": (
        opensearch,
        DOMAIN,
        lambda aws, id_, text: aws.client("opensearch").update_domain_config(DomainName=id_, AccessPolicies=text),
    ),
    "backup": (
        backup,
        VAULT,
        lambda aws, id_, text: aws.client("backup").put_backup_vault_access_policy(BackupVaultName=id_, Policy=text),
    ),
}
every = pytest.mark.parametrize(("module", "resource", "put"), UNITS.values(), ids=UNITS)


def told(aws: Aws, resource: Resource) -> str:
    """Return the text of the policy that the service has of a resource, empty for none."""
    if resource.type == KEY.type:
        return str(aws.client("kms").get_key_policy(KeyId=resource.id, PolicyName="default")["Policy"])
    if resource.type == SECRET.type:
        return str(aws.client("secretsmanager").get_resource_policy(SecretId=resource.id).get("ResourcePolicy", ""))
    if resource.type == DOMAIN.type:
        config = aws.client("opensearch").describe_domain_config(DomainName=resource.id)["DomainConfig"]
        return str(config["AccessPolicies"]["Options"])
    found = backup.policy(aws, resource)
    return json.dumps(found) if found else ""


def neighbour(aws: Aws, resource: Resource) -> Resource:
    if resource is KEY:
        other = next(key["KeyId"] for key in aws.client("kms").list_keys()["Keys"] if key["KeyId"] != KEY.id)
    else:
        other = "neighbour"
    return Resource(resource.type, other, ACCOUNT, REGION)


def document(*statements: Any) -> str:
    policy = {"Version": "2012-10-17", "Id": "data", "Statement": list(statements)}
    return json.dumps(policy, separators=(",", ":"))


@every
def test_other_statements_and_policies_stay_and_undo_puts_the_public_one_back_among_them(
    aws: Aws, module: Any, resource: Resource, put: Put
) -> None:
    make(aws, resource)
    text = document(OWN, ANYBODY, DENIED, LIMITED)
    put(aws, resource.id, text)
    other = told(aws, neighbour(aws, resource))
    change = apply(aws, module.remediation, resource)
    assert change == ({"public": [{"at": 1, "statement": ANYBODY}]}, {"public": []})
    assert json.loads(told(aws, resource)) == json.loads(document(OWN, DENIED, LIMITED))
    undo(aws, module.remediation, resource, change)
    assert json.loads(told(aws, resource)) == json.loads(text)
    assert told(aws, neighbour(aws, resource)) == other


@every
def test_a_neighbour_statement_that_is_edited_meanwhile_is_no_drift_and_stays_edited(
    aws: Aws, module: Any, resource: Resource, put: Put
) -> None:
    make(aws, resource)
    put(aws, resource.id, document(OWN, ANYBODY))
    change = apply(aws, module.remediation, resource)
    put(aws, resource.id, document(OWN, DENIED))
    assert read(module.remediation, aws, resource) == change[1]
    undo(aws, module.remediation, resource, change)
    assert json.loads(told(aws, resource)) == json.loads(document(OWN, ANYBODY, DENIED))


@every
def test_a_policy_of_nothing_else_gives_way_to_the_owners_or_to_none_and_comes_back(
    aws: Aws, module: Any, resource: Resource, put: Put
) -> None:
    make(aws, resource)
    put(aws, resource.id, document(ANYBODY))
    change = apply(aws, module.remediation, resource)
    assert change[1] == {"public": [], "policy": None}
    left = module.owner_only(resource) if hasattr(module, "owner_only") else None
    assert json.loads(told(aws, resource) or "null") == left
    undo(aws, module.remediation, resource, change)
    assert json.loads(told(aws, resource)) == json.loads(document(ANYBODY))


@every
def test_a_write_that_is_made_again_after_it_was_done_does_no_harm(
    aws: Aws, module: Any, resource: Resource, put: Put
) -> None:
    make(aws, resource)
    put(aws, resource.id, document(ANYBODY))
    before, after = apply(aws, module.remediation, resource)
    write(module.remediation, aws, resource, before, after)
    assert read(module.remediation, aws, resource) == after


@every
def test_an_owners_policy_that_somebody_opens_is_drift(aws: Aws, module: Any, resource: Resource, put: Put) -> None:
    make(aws, resource)
    put(aws, resource.id, document(ANYBODY))
    _, after = apply(aws, module.remediation, resource)
    put(aws, resource.id, document(OWN, ANYBODY))
    assert read(module.remediation, aws, resource) != after


@every
def test_what_is_not_public_needs_nothing(aws: Aws, module: Any, resource: Resource, put: Put) -> None:
    make(aws, resource)
    put(aws, resource.id, document(OWN, LIMITED, DENIED))
    assert not plan(module.remediation, aws, resource).needed


@every
def test_what_does_not_exist_is_gone(aws: Aws, module: Any, resource: Resource, put: Put) -> None:
    make(aws, resource)
    gone = {KEY: "00000000-0000-0000-0000-000000000000", SECRET: f"{ARN[:-7]}-000000"}.get(resource, "deleted")
    with pytest.raises(Gone):
        read(module.remediation, aws, Resource(resource.type, gone, ACCOUNT, REGION))


def test_a_domain_in_a_vpc_is_nobodys_to_reach_and_stays_as_it_is(aws: Aws) -> None:
    make(aws, DOMAIN)
    told_policy = {"AccessPolicies": {"Options": document(ANYBODY)}, "VPCOptions": {"Options": {"VPCId": "vpc-1"}}}
    ok = type("Http", (), {"status_code": 200})()
    answer = {"DomainConfig": told_policy, "ResponseMetadata": {}}
    aws.client("opensearch").meta.events.register(
        "before-call.opensearch.DescribeDomainConfig", lambda **_: (ok, answer)
    )
    assert not plan(opensearch.remediation, aws, DOMAIN).needed


def test_a_key_that_only_its_account_may_use_through_a_service_is_not_public(aws: Aws) -> None:
    make(aws, KEY)
    condition = {"StringEquals": {"kms:CallerAccount": ACCOUNT, "kms:ViaService": f"s3.{REGION}.amazonaws.com"}}
    UNITS["kms"][2](aws, KEY.id, document({**ANYBODY, "Principal": {"AWS": "*"}, "Condition": condition}))
    assert not plan(kms.remediation, aws, KEY).needed
