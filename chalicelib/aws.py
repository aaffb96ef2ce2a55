"""AWS clients of this process: the models that they are made from are read once, whoever they sign as."""

from __future__ import annotations

from copy import copy
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.hooks import HierarchicalEmitter
from botocore.session import Session

from chalicelib.aws_models import Models

CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 4},
    connect_timeout=3,
    read_timeout=6,
    user_agent=f"countermeasure Boto3/{boto3.__version__}",
)
"""How long AWS may keep us waiting, 4 x (3 + 6) seconds and three pauses: no call takes a whole invocation with it.

CloudTrail names us by the `userAgent`. botocore would put one together four times per call.
"""


@cache
def client(service: str) -> Any:
    """Return this process's own client of a service, made once."""
    return session().client(service, config=CONFIG)


@cache
def session() -> boto3.Session:
    """Return this process's own session."""
    return made()


def made(credentials: Any = None, region: str | None = None) -> boto3.Session:
    """Return a new session, signing with what stands for credentials in botocore, if given."""
    core = Session(event_hooks=copy(_hooks()), include_builtin_handlers=False)
    core.register_component("data_loader", models())
    if credentials is not None:
        core._credentials = credentials
    return boto3.Session(botocore_session=core, region_name=region)


@cache
def _hooks() -> HierarchicalEmitter:
    """Return botocore's own handlers of events, some 260: a session takes longer to register them than all else."""
    hooks = HierarchicalEmitter()
    Session(event_hooks=hooks)
    return hooks


@cache
def models() -> Models:
    """Return what reads AWS's models: it keeps what it has read, and each session would have one of its own."""
    return Models()
