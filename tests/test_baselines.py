"""How trails and Config's delivery channel are while all is well is kept daily, and told to what makes them again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.accounts import Accounts
from chalicelib.baselines import READS, SETTLED, keep, kept, look, settled, well
from chalicelib.briefing import briefed
from chalicelib.catalogue import Catalogue
from chalicelib.daily import unkept
from chalicelib.engine import Engine
from chalicelib.model import Outcome, Resource
from chalicelib.units import Unit
from lab.organization import Lab
from lab.scenes.cloudtrail_trail import ARCHIVE, NEIGHBOUR, deleted
from lab.scenes.config_recorder import make as make_recorder
from lab.scenes.ec2_flow_log import BASELINE, VPC
from lab.scenes.ec2_flow_log import log as make_flow_log
from lab.scenes.s3_bucket import have_bucket
from lab.stage import prepare, scenes
from remediations.cloudtrail import recreate_trail
from remediations.config import recreate_recorder
from remediations.ec2 import recreate_flow_log
from tests.deployment import refused
from tests.replaying import administrator, event

DAY = date(2026, 8, 1)
LATE = int(datetime(2027, 9, 5, tzinfo=UTC).timestamp())
LAPSES_SOON = int(datetime(2027, 2, 1, tzinfo=UTC).timestamp())
NOON = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)
MEMBER, REGION = "444455556666", "eu-west-1"
TRAIL = Resource("AWS::CloudTrail::Trail", "management-events", MEMBER, REGION)
HERE = Resource("AWS::Account", MEMBER, MEMBER, REGION)
RECORDER = Resource("AWS::Config::ConfigurationRecorder", "main", MEMBER, REGION)
DELETED = "cloudtrail.trail_deleted/fires.deleted"


class TestWhatBecomesTheBaseline:
    @pytest.mark.parametrize(
        ("item", "how", "then"),
        [
            (None, "a", {"body": "a"}),
            ({"body": "a"}, "a", None),
            ({"body": "a", "expires_at": LAPSES_SOON}, "a", {"body": "a"}),
            ({"body": "a"}, "b", {"body": "a", "changed": "b", "since": "2026-08-01"}),
            ({"body": "a", "changed": "b", "since": "2026-07-26"}, "b", None),
            ({"body": "a", "changed": "b", "since": "2026-07-25"}, "b", {"body": "b"}),
            (
                {"body": "a", "changed": "b", "since": "2026-07-01"},
                "c",
                {"body": "a", "changed": "c", "since": "2026-08-01"},
            ),
            ({"body": "a", "changed": "b", "since": "2026-07-01"}, "a", {"body": "a"}),
        ],
        ids=[
            "the first look",
            "as ever",
            "as ever for most of a year",
            "changed",
            "changed for six days",
            "changed for a week",
            "changed once more",
            "as it was again",
        ],
    )
    def test_a_change_is_the_baseline_once_it_has_stood_for_a_week(self, item: Any, how: str, then: Any) -> None:
        assert settled(item and {"expires_at": LATE, **item}, how, DAY) == then

    def test_nothing_is_written_where_nothing_is_new(self, lab: Lab) -> None:
        table = lab.ledger()
        keep(table, {TRAIL.key: "a", HERE.key: "b"}, DAY)
        written: list[Any] = []
        keep(replace(table, client=Noting(table.client, written)), {TRAIL.key: "a", HERE.key: "c"}, DAY)
        assert [each["pk"]["S"] for each in written] == [f"baseline#{HERE.key}"]
        assert kept(table, [TRAIL, HERE]) == {TRAIL.key: "a", HERE.key: "b"}


class Noting:
    """DynamoDB that notes every item that is put."""

    def __init__(self, client: Any, written: list[Any]) -> None:
        self.client, self.written = client, written

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def put_item(self, **asked: Any) -> Any:
        self.written.append(asked["Item"])
        return self.client.put_item(**asked)


def trail_that_logs(lab: Lab, **settings: Any) -> None:
    """Make a trail as people make them, beside those of the scene."""
    boto = lab.boto(MEMBER, REGION)
    scenes("CloudTrail")[TRAIL.type].make(boto, replace(TRAIL, id="another"))
    cloudtrail: Any = boto.client("cloudtrail")
    asked = {"S3BucketName": ARCHIVE, "IsMultiRegionTrail": True, "EnableLogFileValidation": True, **settings}
    cloudtrail.create_trail(Name=TRAIL.id, **asked)
    cloudtrail.start_logging(Name=TRAIL.id)


def found(lab: Lab, region: str = REGION) -> dict[str, str]:
    with administrator(lab, MEMBER, region) as aws:
        return dict(well(aws))


class TestWhatIsLookedAt:
    def test_a_trail_that_logs_is_kept_as_the_remediation_makes_it_again(self, lab: Lab, catalogue: Catalogue) -> None:
        trail_that_logs(lab, IncludeGlobalServiceEvents=True)
        cloudtrail: Any = lab.boto(MEMBER, REGION).client("cloudtrail")
        selected = [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]
        cloudtrail.put_event_selectors(TrailName=TRAIL.id, AdvancedEventSelectors=selected)
        cloudtrail.put_insight_selectors(TrailName=TRAIL.id, InsightSelectors=[{"InsightType": "ApiCallRateInsight"}])
        how = found(lab)[TRAIL.key]
        assert recreate_trail.baseline(replace(TRAIL, details={"baseline": how})) == {
            "by": "ours",
            "settings": {
                "S3BucketName": ARCHIVE,
                "IncludeGlobalServiceEvents": True,
                "IsMultiRegionTrail": True,
                "EnableLogFileValidation": True,
            },
            "selectors": {"advanced": selected},
            "insights": [{"InsightType": "ApiCallRateInsight"}],
            "logging": True,
        }

    def test_a_trail_that_does_not_log_and_one_whose_home_is_elsewhere_are_left_out(self, lab: Lab) -> None:
        trail_that_logs(lab)
        neighbour, mine = replace(TRAIL, id=NEIGHBOUR).key, TRAIL.key
        assert list(found(lab)) == [neighbour, mine]  # "another" is stopped
        assert found(lab, "us-east-1") == {}

    def test_the_channel_is_kept_while_the_recorder_records_as_the_remediation_makes_it_again(self, lab: Lab) -> None:
        make_recorder(lab.boto(MEMBER, REGION), RECORDER)
        assert found(lab) == {}
        lab.boto(MEMBER, REGION).client("config").start_configuration_recorder(ConfigurationRecorderName="main")
        [(key, how)] = found(lab).items()
        assert key == HERE.key
        assert recreate_recorder.baseline(replace(HERE, details={"baseline": how})) == {
            "name": "default",
            "s3BucketName": f"config-history-{MEMBER}-{REGION}",
        }

    def test_a_vpcs_flow_log_is_kept_as_the_remediation_makes_it_again(self, lab: Lab) -> None:
        gone = Resource("AWS::EC2::FlowLog", "fl-0abcd1234ef567890", MEMBER, REGION)
        scenes("EC2")[gone.type].make(lab.boto(MEMBER, REGION), gone)
        make_flow_log(lab.boto(MEMBER, REGION), VPC)
        ec2: Any = lab.boto(MEMBER, REGION).client("ec2")
        of_vpc = [{"Name": "resource-id", "Values": [VPC]}]
        [there] = ec2.describe_flow_logs(Filters=of_vpc)["FlowLogs"]
        kept_of = replace(gone, id=there["FlowLogId"])
        assert recreate_flow_log.baseline(replace(kept_of, details={"baseline": found(lab)[kept_of.key]})) == BASELINE


@pytest.fixture
def engine(lab: Lab, catalogue: Catalogue) -> Engine:
    lab.organization = replace(lab.organization, regions=(REGION,))
    trail_that_logs(lab)
    return lab.engine(catalogue)


@contextmanager
def on_day(number: int) -> Iterator[None]:
    with time_machine.travel(NOON + timedelta(days=number), tick=False):
        yield


def bucket_of(engine: Engine) -> str:
    return str(json.loads(kept(engine.ledger.table, [TRAIL])[TRAIL.key])["trail"]["S3BucketName"])


class TestTheDailyLook:
    def test_it_may_read_what_it_needs_and_no_more(self, lab: Lab, engine: Engine) -> None:
        known, made = engine.hands.accounts, set[str]()

        def note(model: Any, **_: Any) -> None:
            made.add(f"{model.service_model.service_name}:{model.name}")

        make_recorder(lab.boto(MEMBER, REGION), RECORDER)
        lab.boto(MEMBER, REGION).client("config").start_configuration_recorder(ConfigurationRecorderName="main")
        clients = [known.clients.get(service, REGION) for service in ("cloudtrail", "config", "ec2")]
        for client in clients:
            client.meta.events.register("before-call", note, unique_id="noting")
        try:
            assert look(engine, MEMBER) == ""
        finally:
            for client in clients:
                client.meta.events.unregister("before-call", note, unique_id="noting")
        assert made == set(READS)

    def test_a_trail_turned_elsewhere_and_then_deleted_comes_back_to_where_it_logged(
        self, lab: Lab, engine: Engine
    ) -> None:
        with on_day(0):
            assert unkept(engine, MEMBER) is None
        cloudtrail: Any = lab.boto(MEMBER, REGION).client("cloudtrail")
        have_bucket(lab.boto(MEMBER, REGION), "elsewhere", TRAIL)
        cloudtrail.update_trail(Name=TRAIL.id, S3BucketName="elsewhere")
        for number in range(1, SETTLED.days):
            with on_day(number):
                look(engine, MEMBER)
        cloudtrail.delete_trail(Name=TRAIL.id)
        with on_day(30):
            look(engine, MEMBER)
        assert bucket_of(engine) == ARCHIVE

    def test_a_trail_that_people_moved_is_kept_as_it_is_after_a_week(self, lab: Lab, engine: Engine) -> None:
        with on_day(0):
            look(engine, MEMBER)
        have_bucket(lab.boto(MEMBER, REGION), "elsewhere", TRAIL)
        lab.boto(MEMBER, REGION).client("cloudtrail").update_trail(Name=TRAIL.id, S3BucketName="elsewhere")
        for number in range(1, 2 + SETTLED.days):
            with on_day(number):
                look(engine, MEMBER)
        assert bucket_of(engine) == "elsewhere"

    def test_an_account_where_it_cannot_be_read_is_broken_and_the_baseline_stays(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        look(engine, MEMBER)
        before = kept(engine.ledger.table, [TRAIL])

        def shut(*_: Any, **__: Any) -> Any:
            raise refused("AccessDenied", "DescribeTrails")

        monkeypatch.setattr(Accounts, "reading", shut)
        broken = unkept(engine, MEMBER)
        assert broken
        why = "could not be read: AccessDenied from DescribeTrails: refused"
        assert broken.why == "; ".join(
            f"how trails, flow logs and AWS Config are in {region} {why}" for region in ("us-east-1", REGION)
        )
        assert broken.todo == f"deploy the member template in {MEMBER} again"
        assert kept(engine.ledger.table, [TRAIL]) == before != {}


class TestWhatARemediationIsTold:
    def told(self, engine: Engine, catalogue: Catalogue, asking: str, said: dict[str, str]) -> Any:
        unit = catalogue.remediations[asking]
        rule = next(iter(catalogue.rules.values()))
        resource = replace(TRAIL, type=unit.resource_type, details=said)
        table = engine.ledger.table
        [found] = briefed([Unit(rule, unit, resource)], engine.organization, lambda asked: kept(table, asked))
        return found.resource.details

    def test_it_is_told_the_baseline_and_not_what_an_event_says(self, engine: Engine, catalogue: Catalogue) -> None:
        said = {"baseline": '{"trail": {"S3BucketName": "theirs"}}'}
        assert self.told(engine, catalogue, "cloudtrail.recreate_trail", said) == {"baseline": ""}
        keep(engine.ledger.table, {TRAIL.key: "{}"}, DAY)
        assert self.told(engine, catalogue, "cloudtrail.recreate_trail", said) == {"baseline": "{}"}

    def test_who_does_not_ask_is_told_nothing(self, engine: Engine, catalogue: Catalogue) -> None:
        keep(engine.ledger.table, {TRAIL.key: "{}"}, DAY)
        assert self.told(engine, catalogue, "cloudtrail.start_logging", {}) == {}


class TestFromTheLookToTheTrail:
    def test_a_deleted_trail_is_made_again_as_the_look_saw_it(self, lab: Lab, engine: Engine) -> None:
        look(engine, MEMBER)
        deleted(lab.boto(MEMBER, REGION), TRAIL)
        what = event(DELETED, detail__requestParameters={"name": TRAIL.id}, detail__awsRegion=REGION)
        what["detail"]["recipientAccountId"] = MEMBER
        [incident] = engine.handle(what)
        [change] = incident.changes
        assert change.outcome is Outcome.CONTAINED
        cloudtrail = lab.boto(MEMBER, REGION).client("cloudtrail")
        [found] = [each for each in cloudtrail.describe_trails()["trailList"] if each["Name"] == TRAIL.id]
        assert found.items() >= {"S3BucketName": ARCHIVE, "IsMultiRegionTrail": True}.items()
        assert cloudtrail.get_trail_status(Name=TRAIL.id)["IsLogging"]

    def test_without_a_look_it_fails_and_says_what_to_do(self, lab: Lab, engine: Engine) -> None:
        deleted(lab.boto(MEMBER, REGION), TRAIL)
        what = event(DELETED, detail__requestParameters={"name": TRAIL.id}, detail__awsRegion=REGION)
        what["detail"]["recipientAccountId"] = MEMBER
        [incident] = engine.handle(what)
        [change] = incident.changes
        assert (change.outcome, "make it by hand, with its old bucket" in change.reason) == (Outcome.FAILED, True)

    def test_the_lab_keeps_the_baseline_of_what_it_deletes(self, lab: Lab, catalogue: Catalogue) -> None:
        stage = prepare(lab, catalogue, event(DELETED))
        assert set(kept(lab.ledger(), stage.made)) == {resource.key for resource in stage.made} != set()
