"""Every type of finding that GuardDuty documents has a decided answer, whatever the finding is about."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from chalicelib.catalogue import Catalogue, load
from rules.guardduty_types import ACTIVE, CUSTOM

CATALOGUE = load(sources=("guardduty",))
UNKNOWN = "guardduty.unknown_type"
TYPES = [*ACTIVE, *CUSTOM]

# These answer beside the rule that a finding is about: what they ask for goes further.
BESIDE = {"guardduty.bucket_reached_by_intruder", "guardduty.role_attack_sequence"}

KEY = {"accessKeyId": "AKIAIOSFODNN7EXAMPLE", "userName": "alice", "userType": "IAMUser"}
SESSION = {"accessKeyId": "ASIAIOSFODNN7EXAMPLE", "userName": "deploy", "userType": "AssumedRole"}
CALLERS: dict[str, dict[str, Any]] = {
    "a key": {"accessKeyDetails": KEY},
    "a session": {"accessKeyDetails": SESSION},
    "a user without a key": {"accessKeyDetails": {"userName": "alice", "userType": "IAMUser"}},
    "somebody whose key is empty": {"accessKeyDetails": {"accessKeyId": "", "userType": "AWSAccount"}},
    "nobody": {},
    "a user of Kubernetes": {"kubernetesDetails": {"kubernetesUserDetails": {"username": "system:anonymous"}}},
    "a role in Kubernetes": {
        "kubernetesDetails": {
            "kubernetesUserDetails": {"username": "arn:aws:sts::111122223333:assumed-role/deploy/release-417"}
        }
    },
}
ABOUT = ("AccessKey", "S3Bucket", "Instance", "EKSCluster", "ECSCluster", "Container", "Lambda", "RDSDBInstance", "New")
ROLES: tuple[dict[str, Any], ...] = ({"resourceRole": "ACTOR"}, {"resourceRole": "TARGET"}, {})
ACTORS: tuple[dict[str, Any], ...] = (
    {},
    {"detection": {"sequence": {"actors": [{"user": {"type": "AssumedRole"}}]}}},
    {"detection": {"sequence": {"actors": [{"process": {"name": "bash"}}]}}},
)


def finding(type_: str, resource: object, service: object) -> dict[str, Any]:
    """Return the least of a finding that a pattern can look at."""
    return {
        "source": "aws.guardduty",
        "detail-type": "GuardDuty Finding",
        "detail": {"type": type_, "resource": resource, "service": service},
    }


def variants(type_: str) -> list[dict[str, Any]]:
    """Return findings of a type about anything, by anybody."""
    return [
        *(
            finding(type_, {"resourceType": about, **caller}, {})
            for about, caller in itertools.product(ABOUT, CALLERS.values())
        ),
        *(finding(type_, {"resourceType": "Instance"}, role) for role in ROLES),
        *(finding(type_, {"resourceType": "AttackSequence"}, actors) for actors in ACTORS),
    ]


def fired(event: dict[str, Any], catalogue: Catalogue = CATALOGUE) -> set[str]:
    return {rule.id for rule in catalogue.match(event)}


def test_the_table_has_every_type_once_with_a_severity_that_guardduty_has() -> None:
    assert (len(ACTIVE), len(CUSTOM)) == (204, 25)
    assert not set(ACTIVE) & set(CUSTOM)
    words = {"low", "medium", "high", "critical", "varies", "variable"}
    assert {severity.rstrip("*") for severity in (ACTIVE | CUSTOM).values()} <= words


@pytest.mark.parametrize("type_", TYPES)
def test_every_known_type_has_a_decided_answer(type_: str) -> None:
    for event in variants(type_):
        assert fired(event) - {UNKNOWN}, event["detail"]


@pytest.mark.parametrize("type_", [type_ for type_ in TYPES if not type_.startswith("AttackSequence:")])
def test_a_finding_is_one_rules_and_others_only_go_further(type_: str) -> None:
    for event in variants(type_):
        assert len(fired(event) - BESIDE) == 1, event["detail"]


@pytest.mark.parametrize("type_", CUSTOM)
def test_what_a_custom_rule_finds_is_told_for_the_call_itself_is_answered(type_: str) -> None:
    assert {rule for event in variants(type_) for rule in fired(event)} == {"guardduty.custom_detection"}


@pytest.mark.parametrize(
    "type_",
    [
        "Collection:IAMUser/AnomalousBehavior",
        "Impact:EC2/SomethingNew",
        "Trojan:SageMaker/DropPoint",
        "CredentialAccess:Kubernetes/SomethingNew",
        "AttackSequence:Lambda/CompromisedFunction",
        "UnauthorizedAccess:IAMUserX/TorIPCaller",
        "unauthorizedaccess:iamuser/toripcaller",
        "X",
    ],
)
def test_a_type_that_no_rule_names_is_told_as_unknown_and_nothing_is_done(type_: str) -> None:
    assert {frozenset(fired(event)) for event in variants(type_)} == {frozenset({UNKNOWN})}
    assert CATALOGUE.rules[UNKNOWN].respond == ()


def test_every_rule_answers_a_type_that_there_is() -> None:
    answering = {rule for type_ in TYPES for event in variants(type_) for rule in fired(event)}
    assert answering == set(CATALOGUE.rules) - {UNKNOWN}


def test_another_sources_rules_do_not_keep_the_unknown_from_being_told() -> None:
    everything = load()
    event = finding("X", {"resourceType": "New"}, {})
    assert fired(event, everything) == {UNKNOWN}
    assert fired({**event, "source": "com.example.guardduty"}, everything) == set()
