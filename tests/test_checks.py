"""Every check of the tables is recognised by every name that its sources give it, and by no other check's row."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.catalogue import Catalogue
from rules.checks import CHECKS
from rules.checks.check import Check
from rules.securityhub.control import cis_1_2, cis_1_4
from tests.replaying import event

CONFIG = "config.security_group_open/fires.plain_name"
ASFF = "securityhub.security_group_open/fires.ssh"
OCSF = "securityhub.security_group_open/fires.second_format"
STANDARD = "aws-foundational-security-best-practices/v/1.0.0"
TYPES = {"AWS::Account": "AWS::::Account"}

BY_CONFIG = [(check, name, kind) for check in CHECKS for name in check.config for kind in check.types]
BY_CONTROL = [(check, control) for check in CHECKS for control in check.controls]
BY_BENCHMARK = [
    (check, generator) for check in CHECKS for generator in (*cis_1_2(*check.cis_1_2), *cis_1_4(*check.cis_1_4))
]


def fired(catalogue: Catalogue, what: dict[str, Any]) -> list[str]:
    return [rule.id for rule in catalogue.match(what)]


def asff(status: str = "FAILED", generator: str = "other", **compliance: str) -> dict[str, Any]:
    """Return a finding of no control but that which is given."""
    what = event(ASFF, detail__findings__0__Compliance={"Status": status, **compliance})
    what["detail"]["findings"][0] |= {"GeneratorId": generator, "ProductFields": {}}
    return what


def spelled(name: str) -> list[str]:
    """Return how Config rules of one managed rule are called, by whoever made them."""
    identifier = name.upper().replace("-", "_")
    return [
        name,
        identifier,
        name.title(),
        f"securityhub-{name}-1a2b3c4d",
        f"{name}-conformance-pack-0abcdefgh",
        f"OrgConfigRule-{name}-0abcdefg",
        f"org_{identifier}_everywhere",
    ]


@pytest.mark.parametrize(("check", "name", "kind"), BY_CONFIG, ids=lambda value: getattr(value, "name", value))
def test_a_config_rule_is_known_however_it_is_called(catalogue: Catalogue, check: Check, name: str, kind: str) -> None:
    for called in spelled(name):
        what = event(CONFIG, detail__configRuleName=called, detail__resourceType=TYPES.get(kind, kind))
        assert fired(catalogue, what) == [f"config.{check.name}"], called
        what["detail"]["newEvaluationResult"]["complianceType"] = "COMPLIANT"
        assert fired(catalogue, what) == []


@pytest.mark.parametrize(("check", "control"), BY_CONTROL, ids=lambda value: getattr(value, "name", value))
def test_a_control_is_known_in_every_format(catalogue: Catalogue, check: Check, control: str) -> None:
    of_standard = asff()
    of_standard["detail"]["findings"][0]["ProductFields"] = {"ControlId": control}
    told = [
        asff(SecurityControlId=control),
        asff(generator=f"security-control/{control}"),
        asff(generator=f"{STANDARD}/{control}"),
        of_standard,
        event(OCSF, detail__findings__0__compliance__control=control),
    ]
    assert [fired(catalogue, what) for what in told] == [[f"securityhub.{check.name}"]] * len(told)
    passed = [
        asff("PASSED", SecurityControlId=control),
        event(OCSF, detail__findings__0__compliance={"control": control, "status": "Pass"}),
    ]
    assert [fired(catalogue, what) for what in passed] == [[], []]


@pytest.mark.parametrize(("check", "generator"), BY_BENCHMARK, ids=lambda value: getattr(value, "name", value))
def test_a_rule_of_a_benchmark_is_known_by_its_generator(catalogue: Catalogue, check: Check, generator: str) -> None:
    assert fired(catalogue, asff(generator=generator)) == [f"securityhub.{check.name}"]
    assert fired(catalogue, asff("PASSED", generator=generator)) == []


@pytest.mark.parametrize("check", [check for check in CHECKS if check.respond], ids=lambda check: check.name)
def test_what_answers_a_check_is_for_what_it_judges(check: Check) -> None:
    judged = {kind.replace("::OpenSearch::", "::OpenSearchService::") for kind in check.types}
    assert {remediation.resource_type for remediation in check.respond} <= judged
