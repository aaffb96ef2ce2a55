"""The patterns of the functions: they fit into EventBridge, miss no event of a rule, and let few others through."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
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
from chalicelib.patterns import HEARTBEAT, LIMIT, SOURCES, groups, heard, merged, numbered, size
from tests.replaying import EVENTS, event

FILES = sorted(EVENTS.rglob("*.json"))
STOPPED = "cloudtrail.trail_logging_stopped/fires.by_name"
ABSENT = [{"exists": False}]
SUCCEEDED = event(STOPPED) | {"source": "aws.iam"}
ENVELOPE = {"source": ["aws.iam"], "detail-type": ["AWS API Call via CloudTrail"]}


def patterns_of(source: str, catalogue: Catalogue) -> list[dict[str, Any]]:
    rules = [rule for id_, rule in catalogue.rules.items() if id_.startswith(f"{source}.")]
    return [merged(group) for group in groups(rules)]


PATTERNS = {source: patterns_of(source, load()) for source in SOURCES}
COMPILED = {source: [compile_pattern(pattern) for pattern in found] for source, found in PATTERNS.items()}


def heard_by(source: str, what: dict[str, Any]) -> int:
    """Return how many of a function's EventBridge rules an event comes by."""
    return sum(pattern.matches(what) for pattern in COMPILED[source])


def rule(**detail: Any) -> Rule:
    return Rule("cloudtrail.test", "t", {**ENVELOPE, "detail": detail}, Severity.LOW, "")


def call(name: str, **detail: Any) -> dict[str, Any]:
    """Return the event of a successful call of an IAM user, with `detail` changed."""
    return {**SUCCEEDED, "detail": {**SUCCEEDED["detail"], "eventName": name, **detail}}


class TestOfTheRules:
    @pytest.mark.parametrize("source", SOURCES)
    def test_a_pattern_fits_into_an_eventbridge_rule(self, source: str) -> None:
        # Amazon EventBridge quotas: "Event pattern size", 2,048 characters; of the JSON without blanks.
        for pattern in PATTERNS[source]:
            assert len(json.dumps(pattern, separators=(",", ":"))) == size(pattern) <= 2048 == LIMIT

    @pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
    def test_the_function_that_has_the_rule_hears_of_an_event_that_fires_it_and_no_other_does(
        self, path: Path, catalogue: Catalogue
    ) -> None:
        what = json.loads(path.read_text())
        fired = {found.id.split(".")[0] for found in catalogue.match(what)}
        hears = {source: heard_by(source, what) for source in SOURCES}
        assert fired <= {source for source, rules in hears.items() if rules}
        assert sum(hears.values()) <= 1, "it comes to one function, and once"

    @pytest.mark.parametrize("source", SOURCES)
    def test_a_function_hears_of_no_other_kind_of_event(self, source: str) -> None:
        assert not heard_by(source, {"source": "aws.s3", "detail-type": "Object Created", "detail": {}})

    def test_two_patterns_ask_for_what_their_rules_have_in_common(self) -> None:
        assert PATTERNS["guardduty"] == [{"source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"]}]
        assert PATTERNS["config"] == [
            {
                "source": ["aws.config"],
                "detail-type": ["Config Rules Compliance Change"],
                "detail": {
                    "messageType": ["ComplianceChangeNotification"],
                    "newEvaluationResult": {"complianceType": ["NON_COMPLIANT"]},
                },
            }
        ]


class TestCloudTrail:
    @pytest.mark.parametrize(
        "name",
        ["DescribeInstances", "AssumeRole", "CreateLogStream", "UpdateInstanceInformation", "Stop"],
    )
    def test_a_call_that_no_rule_names_is_not_heard_of(self, name: str) -> None:
        assert "aws.cloudtrail" in called("StopLogging")
        assert called(name) == []

    def test_a_failed_call_is_not_heard_of(self) -> None:
        assert called("StopLogging", errorCode="AccessDenied") == []

    def test_whatever_root_does_is_heard_of(self) -> None:
        by_root = called("StopLogging", userIdentity={"type": "Root"})
        assert {"aws.ec2", "aws.iam", "aws.cloudtrail", "aws.tax"} <= set(by_root)

    def test_of_all_that_aws_offers_hardly_a_call_is_heard_of_that_no_rule_names(self) -> None:
        asked_for = set(re.findall(r"\w+", json.dumps([each.pattern for each in load().rules.values()])))
        known = operations()
        heard = {name for source, name in known if heard_by("cloudtrail", {**call(name), "source": source})}
        reads = re.compile(r"(Get|List|Describe|BatchGet)[A-Z]")  # not sent unless asked for
        assert len(known) > 10_000
        assert len({name for name in heard - asked_for if not reads.match(name)}) <= 20


def called(name: str, **detail: Any) -> list[str]:
    """Return the services, one for each of the patterns at the least, of which this call is heard of."""
    firsts = {pattern["source"][0] for pattern in PATTERNS["cloudtrail"]}
    asked = {*firsts, "aws.cloudtrail", "aws.ec2", "aws.iam", "aws.tax"}
    return sorted(s for s in asked if heard_by("cloudtrail", {**call(name, **detail), "source": s}))


def operations() -> set[tuple[str, str]]:
    """Return the name of every call that botocore knows, with its service as events have it."""
    models = (Path(botocore.__file__).parent / "data").rglob("service-2.json*")
    texts = (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in models)
    return {
        (f"aws.{prefix}", name)
        for text in (each.decode() for each in texts)
        for prefix in re.findall(r'"endpointPrefix":\s*"([^"]+)"', text)[:1]
        for name in re.findall(r'"name":"([A-Z]\w+)",\s*"http"', text)
    }


class TestGroups:
    def test_rules_that_do_not_fit_together_are_told_apart_by_the_services_they_ask_of(self) -> None:
        names = long_words(120)
        iam, s3 = (
            rule(eventName=names[:60]),
            replace(
                rule(eventName=names[60:]),
                pattern={**ENVELOPE, "source": ["aws.s3"], "detail": {"eventName": names[60:]}},
            ),
        )
        assert [merged(group) for group in groups([s3, replace(iam, id="cloudtrail.iam")])] == [iam.pattern, s3.pattern]

    def test_a_rule_of_several_services_stands_in_several_groups_for_some_of_them_each(self) -> None:
        names, both = long_words(120), rule(eventName=["StopLogging"])
        both = replace(both, pattern={**both.pattern, "source": ["aws.iam", "aws.s3"]})
        alone = [
            replace(both, id=source, pattern={**ENVELOPE, "source": [source], "detail": {"eventName": some}})
            for source, some in (("aws.iam", names[:60]), ("aws.s3", names[60:]))
        ]
        found = groups([both, *alone])
        asked = [[each.pattern["source"] for each in group] for group in found]
        assert sorted(asked) == [[["aws.iam"]] * 2, [["aws.s3"]] * 2]

    def test_the_rule_of_the_first_group_has_no_number(self) -> None:
        assert [numbered("countermeasure-cloudtrail", number) for number in range(2)] == [
            "countermeasure-cloudtrail",
            "countermeasure-cloudtrail-2",
        ]


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

    def heard(self, source: str, catalogue: Catalogue) -> tuple[dict[str, Any], ...]:
        rules = [rule for id_, rule in catalogue.rules.items() if id_.startswith(f"{source}.")]
        return heard(rules, "222222222222")

    @pytest.mark.parametrize("source", SOURCES)
    def test_every_function_hears_it_from_the_hub_and_from_no_other_account(
        self, source: str, catalogue: Catalogue
    ) -> None:
        first, *others = (compile_pattern(pattern) for pattern in self.heard(source, catalogue))
        assert [pattern for pattern in others if pattern.matches(self.BEAT)] == []
        pattern = first
        assert pattern.matches(self.BEAT)
        assert not pattern.matches({**self.BEAT, "account": "111122223333"})
        assert not pattern.matches({**self.BEAT, "source": "countermeasure.other"})

    @pytest.mark.parametrize("source", SOURCES)
    def test_it_leaves_room_for_the_events_of_the_rules_and_no_member_forwards_one(
        self, source: str, catalogue: Catalogue
    ) -> None:
        assert [size(pattern) for pattern in self.heard(source, catalogue) if size(pattern) > LIMIT] == []
        assert not heard_by(source, self.BEAT)

    @pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
    def test_the_events_of_the_rules_are_heard_as_without_it(self, path: Path, catalogue: Catalogue) -> None:
        what = json.loads(path.read_text())
        for source in SOURCES:
            found = [pattern.matches(what) for pattern in ALL_HEARD[source]]
            assert found == [pattern.matches(what) for pattern in COMPILED[source]]


ALL_HEARD = {
    source: [
        compile_pattern(pattern)
        for pattern in heard([rule for id_, rule in load().rules.items() if id_.startswith(f"{source}.")])
    ]
    for source in SOURCES
}


def long_words(count: int) -> list[str]:
    """Return names that share no words."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return [f"Q{letters[n // 26]}{letters[n % 26]}qqqqqqqqqqqqqqqqqqqqq" for n in range(count)]
