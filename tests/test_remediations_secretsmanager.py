"""Restoring a secret stops its deletion and touches nothing else."""

from __future__ import annotations

import pytest

from chalicelib.errors import Gone
from chalicelib.model import Resource
from chalicelib.reconcile import plan, read
from remediations.secretsmanager.restore import remediation
from tests.aws import ACCOUNT, REGION, Aws, apply, make, undo

ARN = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:prod/database-a1b2c3"
SECRET = Resource("AWS::SecretsManager::Secret", ARN, ACCOUNT, REGION)
SCHEDULED, NONE = {"deletion": "scheduled"}, {"deletion": "none"}


def test_a_restored_secret_can_be_read_and_undo_gives_it_thirty_days(aws: Aws) -> None:
    make(aws, SECRET)
    secrets = aws.client("secretsmanager")
    change = apply(aws, remediation, SECRET)
    assert change == (SCHEDULED, NONE)
    assert secrets.get_secret_value(SecretId=ARN)["SecretString"] == "an-example"
    aws.calls.clear()
    undo(aws, remediation, SECRET, change)
    assert aws.calls[0] == ("DeleteSecret", {"SecretId": ARN, "RecoveryWindowInDays": 30})
    with pytest.raises(secrets.exceptions.InvalidRequestException):
        secrets.get_secret_value(SecretId=ARN)


def test_the_other_secrets_stay_as_they_are(aws: Aws) -> None:
    make(aws, SECRET)
    secrets = aws.client("secretsmanager")
    before = secrets.describe_secret(SecretId="neighbour")
    undo(aws, remediation, SECRET, apply(aws, remediation, SECRET))
    after = secrets.describe_secret(SecretId="neighbour")
    assert {**after, "ResponseMetadata": ""} == {**before, "ResponseMetadata": ""}


def test_what_is_restored_or_scheduled_already_is_not_asked_for_again(aws: Aws) -> None:
    make(aws, SECRET)
    aws.calls.clear()
    remediation.write(aws, SECRET, SCHEDULED, SCHEDULED)
    assert aws.calls == []


def test_a_secret_in_use_needs_nothing(aws: Aws) -> None:
    make(aws, SECRET)
    arn = aws.client("secretsmanager").describe_secret(SecretId="neighbour")["ARN"]
    assert not plan(remediation, aws, Resource(SECRET.type, arn, ACCOUNT, REGION)).needed


def test_a_secret_that_was_deleted_without_a_window_is_gone(aws: Aws) -> None:
    with pytest.raises(Gone):
        read(remediation, aws, SECRET)
