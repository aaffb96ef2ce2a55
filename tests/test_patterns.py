"""The patterns of the functions: they fit into EventBridge, miss no event of a rule, and let few others through."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any, ClassVar

import botocore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.catalogue import Catalogue, load
from chalicelib.errors import InvalidCatalogue
from chalicelib.model import Rule, Severity
from chalicelib.pattern import compile_pattern
from chalicelib.patterns import HEARTBEAT, LIMIT, SOURCES, heard, merged, size
from tests.replaying import EVENTS, event

FILES = sorted(EVENTS.rglob("*.json"))
STOPPED = "cloudtrail.trail_logging_stopped/fires.by_name"
ABSENT = [{"exists": False}]
SUCCEEDED = event(STOPPED) | {"source": "aws.iam"}
ENVELOPE = {"source": ["aws.iam"], "detail-type": ["AWS API Call via CloudTrail"]}


def pattern_of(source: str, catalogue: Catalogue) -> dict[str, Any]:
    return merged(rule for id_, rule in catalogue.rules.items() if id_.startswith(f"{source}."))


PATTERNS = {source: pattern_of(source, load()) for source in SOURCES}
COMPILED = {source: compile_pattern(pattern) for source, pattern in PATTERNS.items()}


def rule(**detail: Any) -> Rule:
    return Rule("cloudtrail.test", "t", {**ENVELOPE, "detail": detail}, Severity.LOW, "")


def call(name: str, **detail: Any) -> dict[str, Any]:
    """Return the event of a successful call of an IAM user, with `detail` changed."""
    return {**SUCCEEDED, "detail": {**SUCCEEDED["detail"], "eventName": name, **detail}}


class TestOfTheRules:
    @pytest.mark.parametrize("source", SOURCES)
    def test_a_pattern_fits_into_an_eventbridge_rule(self, source: str) -> None:
        # Amazon EventBridge quotas: "Event pattern size", 2,048 characters; of the JSON without blanks.
        assert len(json.dumps(PATTERNS[source], separators=(",", ":"))) == size(PATTERNS[source]) <= 2048 == LIMIT

    @pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
    def test_the_function_that_has_the_rule_hears_of_an_event_that_fires_it_and_no_other_does(
        self, path: Path, catalogue: Catalogue
    ) -> None:
        what = json.loads(path.read_text())
        fired = {found.id.split(".")[0] for found in catalogue.match(what)}
        hears = {source for source in SOURCES if COMPILED[source].matches(what)}
        assert fired <= hears
        assert len(hears) <= 1

    @pytest.mark.parametrize("source", SOURCES)
    def test_a_function_hears_of_no_other_kind_of_event(self, source: str) -> None:
        assert not COMPILED[source].matches({"source": "aws.s3", "detail-type": "Object Created", "detail": {}})

    def test_two_patterns_ask_for_what_their_rules_have_in_common(self) -> None:
        assert PATTERNS["guardduty"] == {"source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"]}
        assert PATTERNS["config"] == {
            "source": ["aws.config"],
            "detail-type": ["Config Rules Compliance Change"],
            "detail": {
                "messageType": ["ComplianceChangeNotification"],
                "newEvaluationResult": {"complianceType": ["NON_COMPLIANT"]},
            },
        }


class TestCloudTrail:
    @pytest.mark.parametrize(
        "name",
        ["DescribeInstances", "RunInstances", "AssumeRole", "CreateLogStream", "UpdateInstanceInformation", "Stop"],
    )
    def test_a_call_that_no_rule_names_is_not_heard_of(self, name: str) -> None:
        assert COMPILED["cloudtrail"].matches(call("StopLogging"))
        assert not COMPILED["cloudtrail"].matches(call(name))

    def test_a_failed_call_is_not_heard_of(self) -> None:
        assert not COMPILED["cloudtrail"].matches(call("StopLogging", errorCode="AccessDenied"))

    def test_whatever_root_does_is_heard_of(self) -> None:
        assert COMPILED["cloudtrail"].matches(call("RunInstances", userIdentity={"type": "Root"}))

    def test_only_names_that_share_words_are_named_together(self) -> None:
        asked_for = set(re.findall(r"\w+", json.dumps([each.pattern for each in load().rules.values()])))
        gathered = [name for name in PATTERNS["cloudtrail"]["detail"]["$or"][0]["eventName"] if "suffix" in name]
        assert gathered
        assert [each for each in gathered if sum(name.endswith(each["suffix"]) for name in asked_for) < 2] == []

    def test_of_all_that_aws_offers_hardly_a_call_is_heard_of_that_no_rule_names(self) -> None:
        asked_for = set(re.findall(r"\w+", json.dumps([each.pattern for each in load().rules.values()])))
        known = operations()
        heard = {name for name in known if COMPILED["cloudtrail"].matches(call(name))}
        reads = re.compile(r"(Get|List|Describe|BatchGet)[A-Z]")  # not sent unless asked for
        assert len(known) > 10_000
        assert len({name for name in heard - asked_for if not reads.match(name)}) <= 20


def operations() -> set[str]:
    """Return the name of every call that botocore knows, of every service."""
    models = (Path(botocore.__file__).parent / "data").rglob("service-2.json*")
    texts = (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in models)
    return {name for text in texts for name in re.findall(r'"name":"([A-Z]\w+)",\s*"http"', text.decode())}


class TestMerging:
    def test_one_rule_is_its_own_pattern(self) -> None:
        alone = rule(eventName=["StopLogging"], errorCode=ABSENT)
        assert merged([alone]) == alone.pattern

    def test_rules_that_fit_stand_side_by_side(self) -> None:
        rules = [rule(eventName=["StopLogging"], errorCode=ABSENT), rule(eventName=["DeleteTrail"], readOnly=[False])]
        assert merged(rules)["detail"] == {"$or": [each.pattern["detail"] for each in rules]}

    def test_wildcards_of_several_rules_are_not_put_together(self) -> None:
        rules = [rule(a=[{"wildcard": "*x*"}], b=["y"]), rule(a=[{"wildcard": "*z*"}], b=["y"])]
        assert merged(rules) == {**ENVELOPE, "detail": {"b": ["y"]}}

    def test_a_rule_that_looks_at_no_detail_is_heard_of_by_its_kind(self) -> None:
        anything = Rule("health.any", "t", {"source": ["aws.health"], "detail-type": ["E"]}, Severity.LOW, "")
        more = Rule("health.more", "t", {"source": ["aws.health"], "detail-type": ["F"], "detail": {"a": [1]}},
                    Severity.LOW, "")  # fmt: skip
        assert merged([anything, more]) == {"source": ["aws.health"], "detail-type": ["E", "F"]}

    def test_names_that_do_not_fit_are_named_by_the_words_they_share_the_most_specific_first(self) -> None:
        networks = ["CreateNetworkAclEntry", "ReplaceNetworkAclEntry", "DeleteTrail", "PutKey"]
        rules = [rule(eventName=[*networks, *long_words(66)], a=ABSENT), rule(eventName=["StopLogging"], b=ABSENT)]
        names = merged(rules)["detail"]["eventName"]
        assert {"suffix": "NetworkAclEntry"} in names
        assert "DeleteTrail" in names
        assert len(names) == 70

    def test_more_names_than_can_be_said_are_refused_with_what_to_do(self) -> None:
        with pytest.raises(
            InvalidCatalogue, match=r"cloudtrail ask for more than a pattern of 2048 characters can say"
        ):
            merged([rule(eventName=long_words(100)), rule(eventName=["StopLogging"])])

    def test_a_rule_on_no_names_and_no_exact_value_is_refused_where_names_are_gathered(self) -> None:
        rules = [rule(eventName=long_words(90)), rule(eventName=[{"anything-but": ["StopLogging"]}])]
        with pytest.raises(InvalidCatalogue, match="would hear of every call"):
            merged(rules)

    @given(
        st.lists(
            st.lists(
                st.sampled_from(["Put", "Delete", "Bucket", "Policy", "DB", "V2", "ACLs", "Role", "x"]), min_size=1
            )
            .map("".join)
            .map("A".__add__),
            min_size=1,
            max_size=120,
            unique=True,
        )
    )
    def test_no_name_is_ever_lost(self, names: list[str]) -> None:
        rules = [rule(eventName=names[::2], errorCode=ABSENT), rule(eventName=[*names[1::2], "Z"], errorCode=ABSENT)]
        try:
            pattern = merged(rules)
        except InvalidCatalogue:
            assert sum(map(len, names)) > 1000
            return
        assert size(pattern) <= LIMIT
        hears = compile_pattern(pattern)
        assert [name for name in [*names, "Z"] if not hears.matches(call(name))] == []
        assert not hears.matches(call("Bystander"))


class TestTheHeartbeat:
    """What a function hears beside the events of its rules."""

    BEAT: ClassVar[dict[str, Any]] = {"source": HEARTBEAT, "account": "222222222222", "detail": {"any": "thing"}}

    def heard(self, source: str, catalogue: Catalogue) -> dict[str, Any]:
        rules = [rule for id_, rule in catalogue.rules.items() if id_.startswith(f"{source}.")]
        return heard(rules, "222222222222")

    @pytest.mark.parametrize("source", SOURCES)
    def test_every_function_hears_it_from_the_hub_and_from_no_other_account(
        self, source: str, catalogue: Catalogue
    ) -> None:
        pattern = compile_pattern(self.heard(source, catalogue))
        assert pattern.matches(self.BEAT)
        assert not pattern.matches({**self.BEAT, "account": "111122223333"})
        assert not pattern.matches({**self.BEAT, "source": "countermeasure.other"})

    @pytest.mark.parametrize("source", SOURCES)
    def test_it_leaves_room_for_the_events_of_the_rules_and_no_member_forwards_one(
        self, source: str, catalogue: Catalogue
    ) -> None:
        assert size(self.heard(source, catalogue)) <= LIMIT
        assert not COMPILED[source].matches(self.BEAT)

    @pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
    def test_the_events_of_the_rules_are_heard_as_without_it(self, path: Path, catalogue: Catalogue) -> None:
        what = json.loads(path.read_text())
        for source in SOURCES:
            found = ALL_HEARD[source].matches(what)
            assert found == COMPILED[source].matches(what)


ALL_HEARD = {
    source: compile_pattern(heard([rule for id_, rule in load().rules.items() if id_.startswith(f"{source}.")]))
    for source in SOURCES
}


def long_words(count: int) -> list[str]:
    """Return names that share no words."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return [f"Q{letters[n // 26]}{letters[n % 26]}qqqqqqqqqqqqqqqqqqqqq" for n in range(count)]
