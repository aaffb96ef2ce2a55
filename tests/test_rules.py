"""Law 10: every rule has events that fire it and events that must not, and each event fires exactly the rules it names.

`tests/events/<rule id>/fires.<words>.json` fires the rule of its folder, `ignores.<words>.json` does not; the rules
that either fires beside it stand after its words: `fires.<words>+<rule id>.json`.
"""

import json
import re
from pathlib import Path

import jmespath
import pytest

from chalicelib.catalogue import load
from chalicelib.findings import parse
from chalicelib.findings.resources import from_rule
from chalicelib.model import Standing

ROOT = Path(__file__).parents[1]
EVENTS = ROOT / "tests" / "events"
FILES = sorted(EVENTS.rglob("*.json"))
CATALOGUE = load("rules", "remediations")
RULES = list(CATALOGUE.rules.values())
FRAMEWORKS = {"cis-aws", "pci-dss", "soc2", "hipaa", "gdpr"}

# Nothing in these events can be contained: they are told, and that is all.
NOTHING_TO_ACT_ON = {
    "cloudtrail.access_key_created/fires.own_key",
    "cloudtrail.made_in_forbidden_region/fires.database",
    "guardduty.long_term_key_misused/fires.root_key",
    "guardduty.credentials_attack_sequence/fires.nobody_named",
    "health.risk_reported/fires.console_compromised",
}


def named(path):
    return str(path.relative_to(EVENTS)).removesuffix(".json")


def event_of(path):
    return json.loads(path.read_text())


def rules_named_by(path):
    first, *others = path.name.removesuffix(".json").split("+")
    return {*others, path.parent.name} if first.startswith("fires.") else {*others}


def test_nothing_is_left_to_fill_in():
    folders = ("rules", "remediations", "lab/scenes", "lab/shapes", "tests/events", "tests/footprints")
    files = [
        path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".json", ".txt")
    ]
    left = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sorted(files)
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if "FILL IN" in line
    ]
    assert left == []


@pytest.mark.parametrize("path", FILES, ids=named)
def test_an_event_fires_exactly_the_rules_it_names(path):
    assert {rule.id for rule in CATALOGUE.match(event_of(path))} == rules_named_by(path)


@pytest.mark.parametrize("path", [path for path in FILES if rules_named_by(path)], ids=named)
def test_an_event_that_fires_is_well_formed_and_about_a_live_problem(path):
    assert [finding.standing for finding in parse(event_of(path))] == [Standing.ACTIVE]


@pytest.mark.parametrize("path", [path for path in FILES if path.name.startswith("fires.")], ids=named)
def test_an_event_that_fires_yields_what_the_rules_response_acts_on(path):
    rule = CATALOGUE.rules[path.parent.name]
    finding = parse(event_of(path))[0]
    found = {resource.type for resource in (*finding.resources, *from_rule(rule, finding))}
    acted_on = found & {remediation.resource_type for remediation in rule.respond}
    assert bool(acted_on) == (bool(rule.respond) and named(path).split("+")[0] not in NOTHING_TO_ACT_ON)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_has_an_event_that_fires_it_and_two_that_do_not(rule):
    names = [path.name for path in (EVENTS / rule.id).glob("*.json")]
    assert [
        name for name in names if not re.fullmatch(r"(fires|ignores)\.[a-z0-9_]+(\+[a-z0-9_.]+)*\.json", name)
    ] == []
    assert len([name for name in names if name.startswith("fires.")]) >= 1
    assert len([name for name in names if name.startswith("ignores.")]) >= 2


def test_every_folder_of_events_is_a_rules():
    assert {path.name for path in EVENTS.iterdir()} == set(CATALOGUE.rules)


@pytest.mark.parametrize("rule", [r for r in RULES if r.id.startswith("cloudtrail.")], ids=lambda rule: rule.id)
def test_a_failed_call_is_among_the_events_that_a_cloudtrail_rule_ignores(rule):
    event = event_of(EVENTS / rule.id / "ignores.failed_call.json")
    assert event["detail"]["errorCode"]
    del event["detail"]["errorCode"]
    assert rule in CATALOGUE.match(event), "it is the failure alone that keeps it from firing"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_what_on_call_needs(rule):
    assert rule.title
    assert not rule.title.endswith(".")
    assert 60 <= len(rule.look_at) <= 400
    assert rule.look_at.endswith(".")
    assert set(rule.controls) <= FRAMEWORKS
    assert rule.controls
    assert [technique for technique in rule.attack if not re.fullmatch(r"T\d{4}(\.\d{3})?", technique)] == []
    assert rule.attack or rule.id == "securityhub.quarantine_requested", "a person's wish is no attack"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_listens_to_sources_and_detail_types_by_their_exact_names(rule):
    for field in ("source", "detail-type"):
        assert rule.pattern[field]
        assert all(isinstance(value, str) for value in rule.pattern[field])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_pattern_fits_into_an_eventbridge_rule(rule):
    # Amazon EventBridge quotas: "Event pattern size", 2,048 characters.
    assert len(json.dumps(rule.pattern, separators=(",", ":"))) <= 2048


@pytest.mark.parametrize("rule", [r for r in RULES if r.resources], ids=lambda rule: rule.id)
def test_the_paths_to_resources_compile_and_lead_to_something_that_is_acted_on(rule):
    for path in rule.resources.values():
        jmespath.compile(path)
    assert set(rule.resources) <= {remediation.resource_type for remediation in rule.respond}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_answers_with_remediations_of_the_catalogue(rule):
    assert [unit.id for unit in rule.respond if CATALOGUE.remediations.get(unit.id) is not unit] == []
    assert len({unit.id for unit in rule.respond}) == len(rule.respond)


@pytest.mark.parametrize("path", [path for path in FILES if "/guardduty." in str(path)], ids=named)
def test_no_rule_looks_at_guarddutys_severity(path):
    event = event_of(path)
    event["detail"]["severity"] = 1
    assert {rule.id for rule in CATALOGUE.match(event)} == rules_named_by(path)


@pytest.mark.parametrize("path", FILES, ids=named)
def test_the_events_hold_nobodys_real_account_key_or_address(path):
    text = path.read_text()
    assert [key for key in re.findall(r"\bA[KS]IA[A-Z0-9]{16}\b", text) if not key.endswith("EXAMPLE")] == []
    assert set(re.findall(r"(?<![\w-])\d{12}(?![\w-])", text)) <= {"111122223333", "444455556666"}
    real = re.compile(
        r"(?<![\d.])(?!10\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|0\.0\.0\.0)(\d{1,3}\.){3}\d{1,3}(?=/\d|\")"
    )
    assert real.search(text) is None
