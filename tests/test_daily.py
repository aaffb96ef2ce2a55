"""The daily look: every account is entered, what is broken is told once a day in one notice, and that it is mended."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import ClientError

from chalicelib import baselines
from chalicelib.accounts import Accounts
from chalicelib.catalogue import Catalogue, load
from chalicelib.daily import AT_ONCE, MARGIN, READS, UNDELIVERED, Broken, enabled, forwarded, look, unforwarded
from chalicelib.engine import Engine
from chalicelib.errors import AccessRefused
from chalicelib.organization import Account
from chalicelib.patterns import GATHERED
from lab.organization import HUB, Lab
from tests.deployment import REGION, Deployment, With, refused
from tests.functions import Deployed
from tests.test_functions import counted

DAY_ONE = datetime(2026, 8, 1, 6, 0, tzinfo=UTC)
MEMBER, OTHER = "111122223333", "777788889999"
RULE = "countermeasure-cloudtrail"
FORWARDS = {f"countermeasure-{name}" for name in forwarded(load()) if name not in GATHERED}


def plenty() -> int:
    return MARGIN * 10


@pytest.fixture
def engine(lab: Lab, catalogue: Catalogue) -> Engine:
    """The engine of an organization all of whose accounts forward what they have to."""
    lab.organization = replace(lab.organization, regions=())
    stage = Deployment(lab, catalogue)
    for account in lab.organization.accounts:
        lab.administrator(account)
        stage.forwards(account)
    return lab.engine(catalogue)


def day(engine: Engine, number: int) -> tuple[Broken, ...]:
    with time_machine.travel(DAY_ONE + timedelta(days=number), tick=False):
        return look(engine, REGION, plenty)


def told(lab: Lab, number: int = 0) -> list[dict[str, Any]]:
    with time_machine.travel(DAY_ONE + timedelta(days=number), tick=False):
        return [json.loads(message["Message"]) for message in lab.told()]


class Shut:
    """STS that lets nobody into some accounts."""

    def __init__(self, sts: Any, *shut: str) -> None:
        self.sts, self.shut = sts, set(shut)

    def assume_role(self, **asked: Any) -> Any:
        if asked["RoleArn"].split(":")[4] in self.shut:
            raise refused("AccessDenied", "AssumeRole")
        return self.sts.assume_role(**asked)


def shut(engine: Engine, *accounts: str) -> None:
    known = engine.hands.accounts
    known.sts = Shut(known.sts.sts if isinstance(known.sts, Shut) else known.sts, *accounts)
    known._kept.clear()


class TestWhatIsTold:
    def test_nobody_is_told_where_all_is_well(self, lab: Lab, engine: Engine) -> None:
        assert (day(engine, 0), day(engine, 1)) == ((), ())
        assert (told(lab, 1), lab.slack.posted) == ([], [])

    def test_accounts_that_cannot_be_entered_are_one_notice_with_the_reason_and_what_to_do(
        self, lab: Lab, engine: Engine
    ) -> None:
        shut(engine, MEMBER, OTHER)
        assert [each.account for each in day(engine, 0)] == [MEMBER, OTHER]
        [notice] = told(lab)
        assert notice["headline"].startswith("Told: 2 of 6 accounts are broken")
        assert [each["id"] for each in notice["resources"]] == [MEMBER, OTHER]
        for name, account in (("sandbox", MEMBER), ("prod", OTHER)):
            line = (
                f"{name} ({account}): arn:aws:iam::{account}:role/countermeasure-responder could not be assumed: "
                "AccessDenied from AssumeRole: refused. Check that the member template is deployed there, and that its "
                f"external id and organization id are this hub's. To do: deploy the member template in {account}."
            )
            assert line in notice["look_at"]
        assert len(lab.slack.posted) == 1

    def test_it_is_said_again_only_a_day_later_and_once_more_when_all_is_well_again(
        self, lab: Lab, engine: Engine
    ) -> None:
        shut(engine, MEMBER)
        for number in (0, 0, 1):
            day(engine, number)
        assert [notice["headline"][:32] for notice in told(lab, 1)] == ["Told: 1 of 6 accounts are broken"] * 2
        shut(engine)
        for number in (2, 3):
            assert day(engine, number) == ()
        [notice] = told(lab, 3)
        assert notice["headline"].startswith("Told: Every account can be answered for again")
        assert (notice["severity"], notice["look_at"]) == (
            "LOW",
            f"Mended since the last look: sandbox ({MEMBER}).",
        )

    def test_a_day_whose_notice_was_lost_with_its_function_is_told_when_it_is_looked_at_again(
        self, lab: Lab, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def dies(*_: Any, **__: Any) -> None:
            raise RuntimeError("the function dies")

        shut(engine, MEMBER)
        with monkeypatch.context() as patch:
            patch.setattr("chalicelib.daily.announce", dies)
            with pytest.raises(RuntimeError):
                day(engine, 0)
        day(engine, 0)
        assert len(told(lab)) == 1

    def test_of_many_the_first_are_told_whole_and_the_notice_stays_small(self, lab: Lab, engine: Engine) -> None:
        many = {f"{number:012d}": Account(f"{number:012d}", f"account {number}", "dev") for number in range(1000, 1200)}
        lab.organization = replace(lab.organization, accounts={**lab.organization.accounts, **many})
        engine = replace(engine, organization=lab.organization)
        shut(engine, *many)
        assert len(day(engine, 0)) == 200
        [notice] = told(lab)
        assert notice["headline"].startswith("Told: 200 of 206 accounts are broken")
        assert "account 1000 (000000001000): arn:aws:iam" in notice["look_at"]
        assert notice["look_at"].endswith("Of 198 more, `countermeasure doctor` says why.")
        assert len(notice["resources"]) == 30


def forwards_nothing(lab: Lab) -> None:
    events = lab.boto(MEMBER, REGION).client("events")
    for rule in events.list_rules()["Rules"]:
        events.delete_rule(Name=rule["Name"])


def older(lab: Lab) -> None:
    lab.boto(MEMBER, REGION).client("events").put_rule(Name=RULE, EventPattern='{"source": ["aws.ec2"]}')


def disabled(lab: Lab) -> None:
    lab.boto(MEMBER, REGION).client("events").disable_rule(Name=RULE)


def without_queue(lab: Lab) -> None:
    sqs = lab.boto(MEMBER, REGION).client("sqs")
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=UNDELIVERED)["QueueUrl"])


def waiting(lab: Lab) -> None:
    sqs = lab.boto(MEMBER, REGION).client("sqs")
    for _ in range(3):
        sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=UNDELIVERED)["QueueUrl"], MessageBody="{}")


ILL: dict[str, tuple[Callable[[Lab], None], str]] = {
    "no rule": (
        forwards_nothing,
        f"us-east-1 has no rule {', '.join(sorted(FORWARDS))}",
    ),
    "a rule of another version": (older, f"us-east-1 forwards by an older version of {RULE}"),
    "a disabled rule": (disabled, f"us-east-1 has disabled {RULE}"),
    "no queue": (without_queue, "us-east-1 has no queue countermeasure-undelivered"),
    "events that wait": (
        waiting,
        "3 events of us-east-1 could not be forwarded, and wait in countermeasure-undelivered",
    ),
}


@pytest.mark.filterwarnings("ignore:Exception.QueueDoesNotExist")  # moto's own doubt about its error code
@pytest.mark.parametrize(("make", "why"), ILL.values(), ids=ILL)
def test_an_account_whose_events_do_not_come_to_the_hub_is_broken(
    lab: Lab, engine: Engine, make: Callable[[Lab], None], why: str
) -> None:
    make(lab)
    [broken] = day(engine, 0)
    assert (broken.account, broken.why, broken.refused) == (MEMBER, why, False)


class TestHowItIsEntered:
    def test_a_session_may_do_what_is_looked_at_and_no_more(self, engine: Engine) -> None:
        asked: list[dict[str, Any]] = []
        known = engine.hands.accounts
        sts = known.sts

        class Noting:
            def assume_role(self, **told: Any) -> Any:
                asked.append(told)
                return sts.assume_role(**told)

        known.sts = Noting()
        known._kept.clear()
        made: set[str] = set()

        def note(model: Any, **_: Any) -> None:
            made.add(f"{model.service_model.service_name}:{model.name}")

        clients = [known.clients.get(service, REGION) for service in ("events", "sqs", "sts")]
        for client in clients:
            client.meta.events.register("before-call", note, unique_id="noting")
        try:
            assert day(engine, 0) == ()
        finally:
            for client in clients:
                client.meta.events.unregister("before-call", note, unique_id="noting")
        policies = {told["Policy"] for told in asked}
        assert sorted((json.loads(each)["Statement"] for each in policies), key=str) == [
            [{"Effect": "Allow", "Action": sorted(actions), "Resource": "*"}] for actions in (baselines.READS, READS)
        ]
        assert made - {"sts:GetCallerIdentity"} == set(READS)  # the one needs no permission, and none can be refused
        assert len(asked) == 2 * len(engine.organization.accounts)

    def test_credentials_of_another_account_are_refused(self, engine: Engine) -> None:
        known = replace(engine.hands.accounts, clients=Answering(sts={"Account": OTHER}))  # type: ignore[arg-type]
        with pytest.raises(AccessRefused, match=f"the credentials for {MEMBER} are of {OTHER}"):
            enabled(known, MEMBER, REGION)

    @pytest.mark.parametrize("code", ["InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure"])
    def test_a_region_that_is_not_enabled_is_told_with_what_to_do(self, engine: Engine, code: str) -> None:
        closed = Answering(sts=refused(code, "GetCallerIdentity"))
        engine = replace(engine, hands=replace(engine.hands, accounts=of(engine, closed)))
        [broken] = [each for each in day(engine, 0) if each.account == MEMBER]
        assert (broken.why, broken.todo) == (
            "us-east-1 is not enabled there",
            f"enable the region in {MEMBER}, or take it out of regions.governed",
        )

    def test_one_account_that_answers_with_an_error_holds_back_no_other(self, lab: Lab, engine: Engine) -> None:
        def refuse(**_: Any) -> None:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListRules")

        client = engine.hands.accounts.clients.get("events", REGION)
        client.meta.events.register("before-call.events.ListRules", refuse, unique_id="refusing")
        try:
            found = day(engine, 0)
        finally:
            client.meta.events.unregister("before-call.events.ListRules", refuse, unique_id="refusing")
        assert {each.account for each in found} == set(lab.organization.accounts) - {HUB}
        assert {each.why for each in found} == {"AccessDenied from ListRules: no"}

    def test_what_is_not_reached_in_time_is_told_as_such(self, lab: Lab, engine: Engine) -> None:
        left = iter([MARGIN, MARGIN, *[MARGIN - 1] * 10])
        with time_machine.travel(DAY_ONE, tick=False):
            found = look(engine, REGION, lambda: next(left))
        assert [each.why for each in found] == ["it was not reached in time"] * 4
        assert len(told(lab)) == 1

    def test_credentials_that_another_thread_fetches_meanwhile_stop_nobody(self, engine: Engine) -> None:
        known = of(engine, engine.hands.accounts.clients)

        class Fetched(datetime):
            def __sub__(self, other: Any) -> Any:  # while the kept ones are gone through
                known._kept["another", "thread", str(len(known._kept))] = known._kept["one", "at", "first"]
                return super().__sub__(other)

        with time_machine.travel(DAY_ONE, tick=False):
            until = Fetched.fromtimestamp(DAY_ONE.timestamp() + 600, UTC)
            known._kept["one", "at", "first"] = (until, ReadOnlyCredentials("a", "b", "c"))
            assert enabled(known, MEMBER, REGION)

    def test_accounts_are_entered_side_by_side(self, lab: Lab, engine: Engine) -> None:
        """Each waits until all have begun; one after the other, they would wait for ever."""
        all_have_begun = threading.Barrier(AT_ONCE, timeout=20)
        many = {f"{number:012d}": Account(f"{number:012d}", f"a{number}", "dev") for number in range(AT_ONCE)}
        organization = replace(lab.organization, accounts=many)
        accounts = of(engine, engine.hands.accounts.clients)

        class Together:
            def assume_role(self, **asked: Any) -> Any:
                all_have_begun.wait()
                raise refused("AccessDenied", "AssumeRole")

        accounts.sts = Together()
        engine = replace(engine, organization=organization, hands=replace(engine.hands, accounts=accounts))
        assert len(day(engine, 0)) == AT_ONCE


class Answering:
    """Clients of which some services answer every call with the same, or raise it."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers

    def get(self, service: str, _: str) -> Any:
        def answer(*_: Any, **__: Any) -> Any:
            if isinstance(self.answers[service], Exception):
                raise self.answers[service]
            return self.answers[service]

        return With(None, get_caller_identity=answer)


def of(engine: Engine, clients: Any) -> Accounts:
    return replace(engine.hands.accounts, clients=clients, _kept={}, _names={})


def test_nothing_is_asked_where_the_hub_itself_listens(engine: Engine) -> None:
    assert list(unforwarded(engine.hands.accounts, HUB, REGION, {})) == []


class TestTheFunction:
    def test_it_counts_and_logs_what_is_broken(
        self, deployed: Deployed, catalogue: Catalogue, capsys: pytest.CaptureFixture[str]
    ) -> None:
        deployed.lab.organization = replace(deployed.lab.organization, regions=())
        for account in deployed.lab.organization.accounts:
            deployed.lab.administrator(account)
        scheduled = {"source": "aws.events", "detail-type": "Scheduled Event", "region": REGION, "account": HUB}
        rest = {"version": "0", "id": "1", "time": "2026-08-01T12:00:00Z", "resources": [], "detail": {}}
        deployed.invoke("daily", {**scheduled, **rest})
        members = set(deployed.lab.organization.accounts)
        assert counted(capsys.readouterr().out)["BrokenAccounts"] == [len(members)]
        assert {line["broken"] for line in deployed.log()} == members
