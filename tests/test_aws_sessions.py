"""Sessions share what botocore has for all of them, and nothing of each other."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ParamValidationError
from moto import mock_aws

from chalicelib import aws

EVENT = "before-send.sts.GetCallerIdentity"


def heard(session: boto3.Session, **more: Any) -> list[str]:
    """Return the user agents of a call through a session."""
    agents: list[str] = []
    client = session.client("sts", region_name="us-east-1", **more)
    client.meta.events.register_first(EVENT, lambda request, **_: agents.append(request.headers["User-Agent"].decode()))
    client.get_caller_identity()
    return agents


@mock_aws
def test_a_call_says_who_we_are() -> None:
    (agent,) = heard(aws.made(), config=aws.CONFIG)
    assert agent.startswith(f"countermeasure Boto3/{boto3.__version__} ")


@mock_aws
def test_what_listens_to_one_session_hears_nothing_of_another() -> None:
    one, other = aws.made(), aws.made()
    calls: list[str] = []
    one.events.register(EVENT, lambda **_: calls.append("one"))
    heard(other)
    assert calls == []
    heard(one)
    assert calls == ["one"]


@mock_aws
def test_every_session_handles_what_botocore_handles() -> None:
    for session in (boto3.Session(), aws.made(), aws.made()):
        s3 = session.client("s3", region_name="us-east-1")
        with pytest.raises(ParamValidationError, match="Invalid bucket name"):  # of a handler, not of the model
            s3.list_objects_v2(Bucket="not a bucket")
