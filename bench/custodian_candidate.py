"""Cloud Custodian as a candidate: the very Lambda package that it would deploy for one policy per case."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from bench.case import ACCOUNT, REGION

ROLE = f"arn:aws:iam::{ACCOUNT}:role/custodian"
OPEN = {"type": "ingress", "IpProtocol": "tcp", "Ports": [22, 3389], "Cidr": {"value": "0.0.0.0/0"}}
SEVERE = {"type": "event", "key": "detail.severity", "op": "gte", "value": 7}
BY_ROOT = {
    "type": "event",
    "key": "detail.userIdentity.type",
    "op": "in",
    "value_type": "swap",
    "value": "Root",
}


def policy(case: str, state: dict[str, str]) -> dict[str, Any]:
    """Return the policy that does the job of a case (Cloud Custodian's reference of resources, filters and modes)."""
    cut_off = {
        "resource": "ec2",
        "mode": {"type": "guard-duty"},
        "filters": [SEVERE],
        "actions": [{"type": "modify-security-groups", "remove": "all", "isolation-group": state.get("iso", "")}],
    }
    close = {
        "resource": "aws.security-group",
        "filters": [OPEN],
        "actions": [{"type": "remove-permissions", "ingress": "matched"}],
    }
    tell = {"type": "sns", "topic": state.get("topic", "")}
    policies: dict[str, dict[str, Any]] = {
        "sg_open": {**close, "mode": _called("AuthorizeSecurityGroupIngress", "ec2", "requestParameters.groupId")},
        "hub_sg": {**close, "mode": {"type": "hub-finding"}},
        "gd_ec2": cut_off,
        "gd_ec2_2sg": cut_off,
        "gd_key": {
            "resource": "iam-user",
            "mode": {"type": "guard-duty"},
            "actions": [{"type": "remove-keys", "disable": True}],
        },
        "trail_stop": {
            "resource": "aws.cloudtrail",
            "mode": _called("StopLogging", "cloudtrail", "requestParameters.name"),
            "filters": [{"type": "status", "key": "IsLogging", "value": False}],
            "actions": [{"type": "set-logging", "enabled": True}],
        },
        "root_login": {
            "resource": "aws.account",
            "mode": {"type": "cloudtrail", "events": ["ConsoleLogin"]},
            "filters": [BY_ROOT],
            "actions": [{"type": "notify", "to": ["slack://#security"], "subject": "root", "transport": tell}],
        },
    }
    chosen = policies[case]
    return {**chosen, "name": case.replace("_", "-"), "mode": {**chosen["mode"], "role": ROLE}}


def build(case: str, state: dict[str, str], dest: str) -> dict[str, object]:
    """Have Custodian make the package of the case's policy, and unpack it into `dest`; return sizes."""
    from c7n.config import Config  # noqa: PLC0415 - a function that starts finds c7n in its package alone
    from c7n.mu import PolicyLambda  # noqa: PLC0415
    from c7n.policy import PolicyCollection  # noqa: PLC0415
    from c7n.resources import load_resources  # noqa: PLC0415
    from c7n.resources.aws import AWS  # noqa: PLC0415

    wanted = policy(case, state)
    load_resources((f"aws.{wanted['resource'].removeprefix('aws.')}",))
    config = Config.empty(region=REGION, regions=[REGION], account_id=ACCOUNT, output_dir=tempfile.gettempdir())
    made = next(iter(PolicyCollection.from_data({"policies": [wanted]}, AWS().initialize(config))))
    made.validate()
    package = PolicyLambda(made).get_archive()
    Path(f"{dest}.zip").write_bytes(Path(package.path).read_bytes())
    with zipfile.ZipFile(f"{dest}.zip") as archive:
        archive.extractall(dest)
        unpacked, files = sum(each.file_size for each in archive.infolist()), len(archive.infolist())
    return {"dir": dest, "zip_bytes": package.size, "unzipped_bytes": unpacked, "files": files}


def load(dest: str) -> Any:
    """Return the handler of the Lambda in `dest`."""
    os.chdir(dest)
    sys.path.insert(0, dest)
    return importlib.import_module("custodian_policy").run


def _called(event: str, service: str, ids: str) -> dict[str, Any]:
    called = {"event": event, "source": f"{service}.amazonaws.com", "ids": ids}
    return {"type": "cloudtrail", "events": [called]}
