"""The log archive's template, and who may put and read digests: the daily function once each, and people read."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib.errors import InvalidOrganization
from chalicelib.evidence.copies import place
from chalicelib.organization import read
from cli.main import app
from infrastructure import evidence, functions, operators
from infrastructure.cloudformation import plain
from infrastructure.names import FUNCTIONS
from tests.iam_reference import listed, problems

WHERE = "s3://log-archive-evidence/countermeasure"
TO = place(WHERE)
OURS = replace(read(Path(__file__).parents[1] / "organization.toml"), digests=WHERE)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What `countermeasure templates evidence` prints."""
    file = tmp_path_factory.mktemp("ours") / "organization.toml"
    ours = Path(__file__).parents[1] / "organization.toml"
    file.write_text(f'{ours.read_text()}\n[evidence]\ndigests = "{WHERE}"\n')
    said = CliRunner().invoke(app, ["templates", "evidence", "--organization", str(file)])
    assert said.exit_code == 0
    return said.stdout


def test_cloudformation_has_nothing_to_object_to(printed: str, tmp_path: Path) -> None:
    (tmp_path / "evidence.json").write_text(printed)
    lint = subprocess.run(
        [Path(sys.executable).parent / "cfn-lint", tmp_path / "evidence.json"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert (lint.returncode, lint.stdout) == (0, "")


def test_the_bucket_keeps_what_is_put_private_encrypted_and_unchanged(printed: str) -> None:
    made = json.loads(printed)
    bucket = made["Resources"]["Digests"]
    its = bucket["Properties"]
    assert (bucket["DeletionPolicy"], its["BucketName"], its["ObjectLockEnabled"]) == ("Retain", TO.bucket, True)
    kept = its["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    told = {name: made["Parameters"][value["Ref"]]["Default"] for name, value in kept.items()}
    assert told == {"Mode": "COMPLIANCE", "Days": 400}
    assert set(its["PublicAccessBlockConfiguration"].values()) == {True}
    assert its["VersioningConfiguration"] == {"Status": "Enabled"}


def test_only_the_hubs_daily_role_puts_only_what_is_not_there_and_only_its_operators_read(
    printed: str,
) -> None:
    statements = json.loads(printed)["Resources"]["DigestsPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    roles = f"arn:aws:iam::{OURS.hub}:role/countermeasure-prod-"
    by_action = {action: each for each in statements for action in each["Action"] if each["Effect"] == "Allow"}
    assert set(by_action) == {"s3:PutObject", "s3:GetObject", "s3:ListBucket"}
    put = by_action["s3:PutObject"]
    assert put["Resource"] == "arn:aws:s3:::log-archive-evidence/countermeasure/*"
    assert put["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": f"{roles}daily"},
        "Null": {"s3:if-none-match": "false"},
    }
    for action in ("s3:GetObject", "s3:ListBucket"):
        assert by_action[action]["Condition"]["ArnEquals"] == {"aws:PrincipalArn": f"{roles}operator"}
    denied = {each["Sid"]: each["Condition"] for each in statements if each["Effect"] == "Deny"}
    assert denied == {
        "NobodyElsePuts": {"ArnNotEquals": {"aws:PrincipalArn": f"{roles}daily"}},
        "TlsOnly": {"Bool": {"aws:SecureTransport": "false"}},
    }


def test_without_a_place_there_is_no_template_and_nobody_may_anything() -> None:
    ours = replace(OURS, digests="")
    with pytest.raises(InvalidOrganization, match=r"evidence\.digests is empty: name the bucket"):
        evidence.template(ours, "prod")
    assert _of_s3(functions.policy("daily", ours, "prod")) == {}
    assert _of_s3(operators.role(ours, "prod")["Properties"]["Policies"][0]["PolicyDocument"]) == {}


def test_of_the_functions_the_daily_one_alone_may_put_and_people_may_read() -> None:
    objects = "arn:aws:s3:::log-archive-evidence/countermeasure/*"
    may = {function: _of_s3(functions.policy(function, OURS, "prod")) for function in FUNCTIONS}
    assert {function: found for function, found in may.items() if found} == {"daily": {"s3:PutObject": [objects]}}
    people = operators.role(OURS, "prod")["Properties"]["Policies"][0]["PolicyDocument"]
    assert _of_s3(people) == {"s3:GetObject": [objects], "s3:ListBucket": ["arn:aws:s3:::log-archive-evidence"]}
    for policy in (functions.policy("daily", OURS, "prod"), people):
        ours = [each for each in plain(policy)["Statement"] if str(each.get("Sid")).endswith("Digests")]
        assert list(problems({"Statement": ours})) == []


def _of_s3(policy: Mapping[str, Any]) -> dict[str, list[str]]:
    statements = [each for each in plain(policy)["Statement"] if "Action" in each]
    return {
        action: listed(each["Resource"]) for each in statements for action in each["Action"] if action.startswith("s3:")
    }
