"""Package countermeasure as `make package` does, for the organization of this test, and deploy it by CloudFormation."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from e2e.emulators import ROOT, Emulators

STAGE = "dev"
STACK = f"countermeasure-{STAGE}"
BUCKET = "countermeasure-artifacts"

NOT_COPIED = shutil.ignore_patterns(".git", ".venv", "build", "deployments", "__pycache__", ".*_cache", ".hypothesis")


@dataclass(frozen=True, slots=True)
class Package:
    """What `make package` made: the template, and the zip that it names."""

    template: Mapping[str, Any]
    zip: Path


def package(work: Path, organization: str) -> Package:
    """Copy the sources, with an organization.toml of our own, and package them there."""
    copy = work / "sources"
    shutil.copytree(ROOT, copy, symlinks=True, ignore=NOT_COPIED)
    (copy / "organization.toml").write_text(organization)
    python = Path(sys.executable).parent
    done = subprocess.run(
        ["make", "package", f"STAGE={STAGE}", f"BIN={python}", "READY=organization.toml"],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"make package failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    built = copy / "build" / STAGE
    return Package(json.loads((built / "sam.json").read_text()), built / "deployment.zip")


def deploy(aws: Emulators, made: Package) -> dict[str, str]:
    """Deploy the stack; return its outputs.

    Raises RuntimeError, with CloudFormation's own reasons, when the stack does not come up.
    """
    s3, cloudformation = aws.stack("s3"), aws.stack("cloudformation")
    s3.create_bucket(Bucket=BUCKET)
    s3.upload_file(str(made.zip), BUCKET, "deployment.zip")
    for each in made.template["Resources"].values():
        if each["Type"] == "AWS::Serverless::Function":
            each["Properties"]["CodeUri"] = f"s3://{BUCKET}/deployment.zip"
    beats = made.template["Resources"]["Heartbeat"]["Properties"]["Events"]["HeartbeatEvent"]
    beats["Properties"]["State"] = "DISABLED"  # it would start functions whose start is to be timed
    s3.put_object(Bucket=BUCKET, Key="template.json", Body=json.dumps(made.template).encode())
    cloudformation.create_change_set(
        StackName=STACK,
        ChangeSetName="first",
        ChangeSetType="CREATE",
        TemplateURL=f"{aws.ministack}/{BUCKET}/template.json",  # a template handed over as text may have 51,200 bytes
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    cloudformation.get_waiter("change_set_create_complete").wait(StackName=STACK, ChangeSetName="first")
    cloudformation.execute_change_set(StackName=STACK, ChangeSetName="first")
    stack = _settled(cloudformation)
    if stack["StackStatus"] != "CREATE_COMPLETE":
        raise RuntimeError(f"{STACK} is {stack['StackStatus']}:\n{_reasons(cloudformation)}")
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}


def _settled(cloudformation: Any, seconds: float = 120) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while True:
        stack: dict[str, Any] = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
        if not stack["StackStatus"].endswith("IN_PROGRESS") or time.monotonic() > deadline:
            return stack
        time.sleep(0.2)


def _reasons(cloudformation: Any) -> str:
    try:
        events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    except ClientError as error:
        return str(error)
    failed = [each for each in events if "FAILED" in each["ResourceStatus"]]
    return "\n".join(f"{each['LogicalResourceId']}: {each.get('ResourceStatusReason', '')}" for each in failed)
