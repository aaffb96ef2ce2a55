"""Bedrock's invocation log comes back as the event history last saw it set, in its own region alone."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Unsupported
from chalicelib.model import Resource
from chalicelib.reconcile import plan, read
from lab.fakes import cloudtrail
from lab.scenes.account_account import INVOCATIONS, invocation_log
from remediations.bedrock.restore_invocation_logging import config_of, remediation
from tests.aws import ACCOUNT, REGION, Aws, apply, make, undo

HERE = Resource("AWS::Account", ACCOUNT, ACCOUNT, REGION)
LOG = invocation_log(HERE)
BUCKET = {"s3Config": {"bucketName": "example-logs"}, "textDataDeliveryEnabled": True}


def logging(aws: Aws, region: str = REGION) -> Any:
    client: Any = aws.boto.client("bedrock", region_name=region)
    return client.get_model_invocation_logging_configuration().get("loggingConfig")


def test_the_log_is_as_it_was_last_set_and_other_regions_stay_and_undo_turns_it_off(aws: Aws) -> None:
    make(aws, HERE)
    elsewhere: Any = aws.boto.client("bedrock", region_name="us-east-1")
    elsewhere.put_model_invocation_logging_configuration(loggingConfig=BUCKET)
    change = apply(aws, remediation, HERE)
    assert change == ({"logging": None, "before": LOG}, {"logging": LOG})
    assert (logging(aws), logging(aws, "us-east-1")) == (LOG, BUCKET)
    undo(aws, remediation, HERE, change)
    assert (not logging(aws), logging(aws, "us-east-1")) == (True, BUCKET)


def test_the_newest_call_that_succeeded_is_what_comes_back(aws: Aws) -> None:
    make(aws, HERE)
    cloudtrail.record(HERE, INVOCATIONS, {"loggingConfig": BUCKET})
    cloudtrail.record(HERE, INVOCATIONS, {"loggingConfig": {"textDataDeliveryEnabled": False}})
    cloudtrail.record(HERE, INVOCATIONS, {"loggingConfig": LOG}, error="AccessDenied")
    cloudtrail.record(HERE, "DeleteModelInvocationLoggingConfiguration", None)
    assert plan(remediation, aws, HERE).after == {"logging": BUCKET}


RECORDS: dict[str, tuple[Any, Any]] = {
    "a log group": ({"requestParameters": {"loggingConfig": LOG}}, LOG),
    "more than we know of": ({"requestParameters": {"loggingConfig": {**BUCKET, "other": 1, "s3": None}}}, BUCKET),
    "a call that failed": ({"errorCode": "AccessDenied", "requestParameters": {"loggingConfig": LOG}}, None),
    "nowhere to log to": ({"requestParameters": {"loggingConfig": {"textDataDeliveryEnabled": True}}}, None),
    "hidden": ({"requestParameters": {"loggingConfig": "HIDDEN_DUE_TO_SECURITY_REASONS"}}, None),
    "no parameters": ({"requestParameters": None}, None),
}


@pytest.mark.parametrize(("record", "expected"), RECORDS.values(), ids=RECORDS)
def test_what_a_record_says_was_set(record: Any, expected: Any) -> None:
    assert config_of(record) == expected


def test_a_log_that_is_on_stays_as_it_is_and_nobody_looks_into_the_past(aws: Aws) -> None:
    make(aws, HERE)
    aws.client("bedrock").put_model_invocation_logging_configuration(loggingConfig=BUCKET)
    aws.calls.clear()
    assert not plan(remediation, aws, HERE).needed
    assert aws.made() == ["GetModelInvocationLoggingConfiguration"]


def test_a_region_whose_past_nobody_knows_is_unsupported(aws: Aws) -> None:
    cloudtrail.apply()
    with pytest.raises(Unsupported, match="by hand in Bedrock's settings"):
        read(remediation, aws, HERE)
