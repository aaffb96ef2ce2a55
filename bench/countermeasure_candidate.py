"""countermeasure as a candidate of a side-by-side benchmark: the very package that is deployed, with everything on.

    build(case, state, dest)  unpacks the deployment package into dest, makes what it needs in AWS, returns sizes
    load(dest)                starts the function of the case's source as Lambda does, returns handler(event, context)

Rules, ledger, scoped sessions, verification and notices are those of a deployment. Only what holds many events back,
budgets and the grouping of a storm, is turned off: every event here is a case of its own.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import boto3

ROOT = Path(__file__).resolve().parents[1]
ACCOUNT, REGION = "123456789012", "us-east-1"
TABLE, TOPIC, EXTERNAL_ID = "countermeasure", "countermeasure", "/countermeasure/external-id"
MODE = "/countermeasure/mode"

FUNCTIONS = {
    "sg_open": "cloudtrail",
    "gd_ec2": "guardduty",
    "gd_ec2_2sg": "guardduty",
    "gd_key": "guardduty",
    "trail_stop": "cloudtrail",
    "hub_sg": "securityhub",
    "root_login": "signin",
}
"""Which function answers a case."""

ORGANIZATION = f"""
[organization]
id = "o-exampleorgid"
hub = "{ACCOUNT}"
external_id = "ssm:{EXTERNAL_ID}"

[environments.sandbox]
mode = "enforce"

[accounts]
{ACCOUNT} = {{ name = "bench", environment = "sandbox" }}

[regions]
governed = ["{REGION}"]

[budgets]
rule = false
account = false
total = false

[incidents]
open_hours = 0

[notify]
alone = 0
"""

_COPIED = (
    "app.py",
    "requirements.txt",
    "requirements-dev.txt",
    "Makefile",
    "pyproject.toml",
    ".ci",
    ".chalice",
    "chalicelib",
    "remediations",
    "rules",
    "vendor",
    "infrastructure",
)


def build(case: str, state: dict[str, str], dest: str) -> dict[str, object]:
    """Unpack the package into `dest`; make the table, the topic, the external id and the responder role in AWS."""
    package = _packaged() / "deployment.zip"
    with zipfile.ZipFile(package) as archive:
        archive.extractall(dest)
        files = archive.infolist()
    environment = {
        "AWS_LAMBDA_FUNCTION_NAME": f"countermeasure-dev-{FUNCTIONS[case]}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_LOG_GROUP_NAME": "bench",
        "_HANDLER": f"app.{FUNCTIONS[case]}",
        "LEDGER_TABLE": TABLE,
        "TOPIC_ARN": state.get("topic") or _made(),
        "MODE_PARAMETER": MODE,
        "POWERTOOLS_SERVICE_NAME": "countermeasure",
        "POWERTOOLS_TRACE_DISABLED": "true",  # X-Ray's daemon is not here; Custodian traces nothing either
    }
    if "topic" in state:
        _made()
    Path(f"{dest}.environment").write_text(json.dumps(environment))
    unpacked = sum(each.file_size for each in files)
    return {"dir": dest, "zip_bytes": package.stat().st_size, "unzipped_bytes": unpacked, "files": len(files)}


def load(dest: str) -> object:
    """Start the function in `dest`: what Lambda does before the first event."""
    environment = json.loads(Path(f"{dest}.environment").read_text())
    os.environ.update(environment)
    os.chdir(dest)
    sys.path.insert(0, dest)
    return getattr(importlib.import_module("app"), environment["_HANDLER"].partition(".")[2])


def _made() -> str:
    """Make what a deployment has in AWS, once; return the topic's ARN."""
    dynamodb, ssm, iam = (boto3.client(service, region_name=REGION) for service in ("dynamodb", "ssm", "iam"))
    if TABLE not in dynamodb.list_tables()["TableNames"]:
        ledger = json.loads((_packaged() / "sam.json").read_text())["Resources"]["Ledger"]["Properties"]
        dynamodb.create_table(TableName=TABLE, **{key: ledger[key] for key in _OF_TABLE})
        ssm.put_parameter(Name=EXTERNAL_ID, Value="bench", Type="SecureString")
        ssm.put_parameter(Name=MODE, Value="enforce", Type="String")
        iam.create_role(RoleName="countermeasure-responder", AssumeRolePolicyDocument="{}")
    arn: str = boto3.client("sns", region_name=REGION).create_topic(Name=TOPIC)["TopicArn"]
    return arn


def _packaged() -> Path:
    """Return the folder of the zip and the template of these sources, as `make package` makes them; made once."""
    sources = [ROOT / name for name in _COPIED]
    files = [each for source in sources for each in (sorted(source.rglob("*")) if source.is_dir() else [source])]
    kept = [each for each in files if each.is_file() and "__pycache__" not in each.parts]
    said = hashlib.sha256(ORGANIZATION.encode())
    for each in kept:
        said.update(str(each.relative_to(ROOT)).encode() + b"\0" + each.read_bytes())
    made = ROOT / "build" / f"bench-{said.hexdigest()[:16]}"
    if not made.is_dir():
        _package(made)
    return made


def _package(made: Path) -> None:
    """Copy the sources, with an organization of our own, and package them there."""
    made.parent.mkdir(exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MAKE"))}
    with tempfile.TemporaryDirectory(dir=made.parent) as work:
        for name in _COPIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, Path(work) / name, symlinks=True)
            else:
                shutil.copy(ROOT / name, Path(work) / name)
        Path(work, "organization.toml").write_text(ORGANIZATION)
        command = ["make", "package", "STAGE=dev", f"BIN={Path(sys.executable).parent}", "READY=organization.toml"]
        done = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"make package failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
        shutil.copytree(Path(work, "build", "dev"), f"{work}.new")
        Path(f"{work}.new").rename(made)


_OF_TABLE = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
