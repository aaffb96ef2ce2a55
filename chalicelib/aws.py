"""AWS clients of this process: the models that they are made from are read once, whoever they sign as."""

from __future__ import annotations

from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

from chalicelib.aws_models import Models

PATIENCE = Config(retries={"mode": "standard", "total_max_attempts": 4}, connect_timeout=3, read_timeout=6)
"""How long AWS may keep us waiting, 4 x (3 + 6) seconds and three pauses: no call takes a whole invocation with it."""


@cache
def client(service: str) -> Any:
    """Return this process's own client of a service, made once."""
    return session().client(service, config=PATIENCE)


@cache
def session() -> boto3.Session:
    """Return this process's own session."""
    return made()


def made(credentials: Any = None, region: str | None = None) -> boto3.Session:
    """Return a new session, signing with what stands for credentials in botocore, if given."""
    core = botocore.session.get_session()
    core.register_component("data_loader", models())
    if credentials is not None:
        core._credentials = credentials
    return boto3.Session(botocore_session=core, region_name=region)


@cache
def models() -> Models:
    """Return what reads AWS's models: it keeps what it has read, and each session would have one of its own."""
    return Models()
