"""The Slack endpoint: whoever is not proven to be Slack gets nothing done, and what Slack sends is done once."""

from __future__ import annotations

import base64
import functools
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from chalice.test import Client
from slack_sdk.models.views import View
from slack_sdk.webhook import WebhookClient

import app
from chalicelib import aws, functions
from chalicelib.catalogue import Catalogue
from chalicelib.errors import MalformedEvent
from chalicelib.ledger import Stored
from chalicelib.notify.buttons import action_id
from chalicelib.slackapp import deciding, details, web
from chalicelib.slackapp.forms import FORMS
from chalicelib.slackapp.once import KEEP_SECONDS
from lab.organization import TABLE
from tests.functions import Deployed, forget
from tests.replaying import event
from tests.slack_clicks import (
    DIGEST,
    INCIDENT,
    SECRET,
    TOKEN,
    URL,
    USER,
    PlayedSlack,
    form,
    playing,
    pressed,
    sent,
    signed,
)

STORED = {"bot_token": TOKEN, "signing_secret": SECRET}


@dataclass
class Functions:
    """Lambda, as the endpoint uses it: what was invoked, or an error."""

    invoked: list[dict[str, Any]] = field(default_factory=list)
    fails: bool = False

    def invoke(self, **asked: Any) -> dict[str, int]:
        if self.fails:
            raise ClientError({"Error": {"Code": "TooManyRequestsException", "Message": "later"}}, "Invoke")
        self.invoked.append({**asked, "Payload": json.loads(asked["Payload"])})
        return {"StatusCode": 202}


@dataclass
class World:
    """The deployed endpoint, and everything that it could have done."""

    deployed: Deployed
    client: Client
    slack: PlayedSlack
    lambda_: Functions

    def post(self, body: bytes, headers: dict[str, str] | None = None) -> Any:
        return self.client.http.post("/slack", body=body, headers=signed(body) if headers is None else headers)

    def click(self, payload: dict[str, Any]) -> Any:
        return self.post(form(payload))

    @property
    def items(self) -> list[dict[str, Any]]:
        found = self.deployed.lab.hub("dynamodb").scan(TableName=TABLE)["Items"]
        return sorted(found, key=lambda item: str(item["pk"]))

    @property
    def done(self) -> tuple[Any, ...]:
        """Everything that a request could have caused."""
        return (self.items, self.lambda_.invoked, self.slack.asked)

    @property
    def views(self) -> list[dict[str, Any]]:
        return [told["view"] for path, told in self.slack.asked if path == "/api/views.open"]


NOTHING: tuple[Any, ...] = ([], [], [])


def configure(path: Path, secret: dict[str, str] | None) -> None:
    """Have organization.toml name a Slack secret, and keep it."""
    if secret is None:
        return
    with path.open("a") as file:
        file.write('\nslack_secret = "secretsmanager:countermeasure/slack"\nslack_channel = "C0EXAMPLE"\n')
    store().create_secret(Name="countermeasure/slack", SecretString=json.dumps(secret))


def store() -> Any:
    return aws.client("secretsmanager")


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[PlayedSlack]:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    with playing() as played:
        yield played


@pytest.fixture
def open_world(
    deployed: Deployed, slack: PlayedSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., World]:
    """Return what deploys the endpoint with a Slack secret, or without one."""

    def quick(token: str) -> Any:
        client = web.quick(token)
        client.base_url = f"{slack.url}/api/"
        return client

    def endpoint() -> Any:
        whisper = functools.partial(web.whisper, client=lambda _: WebhookClient(f"{slack.url}/answer"))
        return replace(functions.endpoint(), web=quick, whisper=whisper)

    def made(secret: dict[str, str] | None = STORED) -> World:
        configure(tmp_path / "organization.toml", secret)
        lambda_ = Functions()
        monkeypatch.setenv("DECIDE_FUNCTION", "countermeasure-dev-decide")
        hub = SimpleNamespace(client=lambda name, **_: lambda_ if name == "lambda" else deployed.lab.hub(name))
        monkeypatch.setattr(aws, "session", lambda: hub)
        monkeypatch.setattr(app, "endpoint", endpoint)
        forget()
        return World(deployed, Client(app.app, project_dir=str(tmp_path)), slack, lambda_)

    return made


@pytest.fixture
def world(open_world: Callable[..., World]) -> World:
    return open_world()


BODY = form(pressed())
NOT_TEXT = b"payload=\xff"
Request = tuple[bytes, dict[str, str]]

REFUSED: dict[str, tuple[Callable[[], Request], int]] = {
    "a wrong secret": (lambda: (BODY, signed(BODY, "another")), 401),
    "an old time": (lambda: (BODY, signed(BODY, ago=310)), 401),
    "a time to come": (lambda: (BODY, signed(BODY, ago=-310)), 401),
    "a changed body": (lambda: (form(pressed("undo")), signed(BODY)), 401),
    "a changed time": (lambda: (BODY, {**signed(BODY), "x-slack-request-timestamp": str(int(time.time()) - 7)}), 401),
    "no signature": (lambda: (BODY, {k: v for k, v in signed(BODY).items() if k != "x-slack-signature"}), 401),
    "no time": (lambda: (BODY, {k: v for k, v in signed(BODY).items() if k != "x-slack-request-timestamp"}), 401),
    "a time that is no number": (lambda: (BODY, {**signed(BODY), "x-slack-request-timestamp": "noon"}), 401),
    "a time in other digits": (lambda: (BODY, {**signed(BODY), "x-slack-request-timestamp": "١٢٣"}), 401),
    "a time without end": (lambda: (BODY, {**signed(BODY), "x-slack-request-timestamp": "9" * 5000}), 401),
    "an empty signature": (lambda: (BODY, {**signed(BODY), "x-slack-signature": ""}), 401),
    "a signature that is none": (lambda: (BODY, {**signed(BODY), "x-slack-signature": "v0=ü" * 16}), 401),
    "an older kind of signature": (lambda: (BODY, {**signed(BODY), "x-slack-signature": "v1=" + "0" * 64}), 401),
    "a body that is no text, unsigned": (lambda: (NOT_TEXT, {**signed(BODY)}), 401),
    "a body that is no text, signed": (lambda: (NOT_TEXT, signed(NOT_TEXT)), 401),
    "more than 64 KB": (lambda: (b"payload=" + b"a" * 65536, signed(b"payload=" + b"a" * 65536)), 400),
    "no body": (lambda: (b"", signed(b"")), 400),
    "no form": (lambda: (b"hello", signed(b"hello")), 400),
    "two payloads": (lambda: (BODY + b"&" + BODY, signed(BODY + b"&" + BODY)), 400),
    "no JSON": (lambda: (b"payload=x", signed(b"payload=x")), 400),
    "JSON that is no object": (lambda: (b"payload=[]", signed(b"payload=[]")), 400),
    "JSON without end": (lambda: (b"payload=" + b"[" * 60000, signed(b"payload=" + b"[" * 60000)), 400),
}  # fmt: skip
"""What is sent, made when it is sent: a signature counts for five minutes."""


class TestWhatIsNotSlacks:
    @pytest.mark.parametrize(("request_", "status"), REFUSED.values(), ids=REFUSED)
    def test_it_is_refused_and_nothing_is_done(
        self, world: World, request_: Callable[[], Request], status: int, capsys: pytest.CaptureFixture[str]
    ) -> None:
        answer = world.post(*request_())
        written = world.deployed.stream.getvalue() + capsys.readouterr().out
        assert (answer.status_code, world.done) == (status, NOTHING)
        assert [secret for secret in (SECRET, TOKEN, URL, "v0=") if secret in written] == []
        assert '"ClicksRefused":[1.0]' in written

    @pytest.mark.parametrize("secret", [None, {"bot_token": TOKEN}], ids=["no Slack", "no signing secret"])
    @pytest.mark.parametrize("signer", [SECRET, ""], ids=["signed", "signed with nothing"])
    def test_without_a_signing_secret_nothing_is_slacks(
        self, open_world: Callable[..., World], secret: dict[str, str] | None, signer: str
    ) -> None:
        world = open_world(secret)
        assert (world.post(BODY, signed(BODY, signer)).status_code, world.done) == (401, NOTHING)

    def test_a_secret_that_cannot_be_read_lets_nobody_in(self, world: World) -> None:
        store().delete_secret(SecretId="countermeasure/slack", ForceDeleteWithoutRecovery=True)
        assert (world.post(BODY).status_code, world.done) == (503, NOTHING)

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    def test_no_other_method_is_answered(self, world: World, method: str) -> None:
        answer = world.client.http.request(method, "/slack", headers=signed(BODY), body=BODY)
        assert (answer.status_code >= 400, world.done) == (True, NOTHING)

    @pytest.mark.filterwarnings("ignore:No application metrics")  # Chalice refuses it before our code runs
    def test_nothing_but_a_form_is_taken(self, world: World) -> None:
        answer = world.post(BODY, signed(BODY, **{"content-type": "application/json"}))
        assert (answer.status_code, world.done) == (415, NOTHING)


def gateway(body: str, headers: dict[str, Any], *, encoded: bool = False) -> dict[str, Any]:
    """Return a request as API Gateway hands it to Lambda (developer guide, "Input format of a Lambda function")."""
    return {
        "resource": "/slack",
        "path": "/slack",
        "httpMethod": "POST",
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {"httpMethod": "POST", "resourcePath": "/slack", "requestId": "r", "stage": "api"},
        "body": body,
        "isBase64Encoded": encoded,
    }


class TestAsApiGatewayHandsItOver:
    @pytest.fixture
    def call(self, world: World) -> Callable[[dict[str, Any]], int]:
        from chalice.local import LambdaContext

        return lambda event_: int(app.app(event_, LambdaContext("slack", 1024))["statusCode"])

    def test_a_body_in_base64_is_what_was_signed(self, world: World, call: Callable[[dict[str, Any]], int]) -> None:
        headers = {name: [value] for name, value in signed(BODY).items()}
        assert call(gateway(base64.b64encode(BODY).decode(), headers, encoded=True)) == 200
        assert len(world.lambda_.invoked) == 1

    @pytest.mark.parametrize("body", ["%%%", "YQ", "ü"])
    def test_base64_that_is_none_is_refused(
        self, world: World, call: Callable[[dict[str, Any]], int], body: str
    ) -> None:
        headers = {name: [value] for name, value in signed(BODY).items()}
        assert (call(gateway(body, headers, encoded=True)) in {400, 401}, world.done) == (True, NOTHING)

    @pytest.mark.parametrize("name", ["x-slack-signature", "x-slack-request-timestamp"])
    def test_a_header_that_comes_twice_is_refused_although_one_of_them_is_right(
        self, world: World, call: Callable[[dict[str, Any]], int], name: str
    ) -> None:
        headers = {key: [value] for key, value in signed(BODY).items()}
        headers[name] = ["v0=" + "0" * 64, *headers[name]]
        assert (call(gateway(BODY.decode(), headers)), world.done) == (401, NOTHING)

    def test_a_header_in_two_spellings_is_refused(self, world: World, call: Callable[[dict[str, Any]], int]) -> None:
        headers = {key: [value] for key, value in signed(BODY).items()}
        headers["X-Slack-Signature"] = headers["x-slack-signature"]
        assert (call(gateway(BODY.decode(), headers)), world.done) == (401, NOTHING)


AT_ONCE = sorted({"approve", "acknowledge", "escalate", "it was me", "it was not me"})


class TestAClick:
    @pytest.mark.parametrize("action", AT_ONCE)
    def test_it_is_answered_at_once_and_handed_over(self, world: World, action: str) -> None:
        answer = world.click(pressed(action))
        assert (answer.status_code, answer.body) == (200, b"")
        assert world.lambda_.invoked == [
            {
                "FunctionName": "countermeasure-dev-decide",
                "InvocationType": "Event",
                "Payload": {
                    "decision": {
                        "action": action,
                        "incident": INCIDENT,
                        "by": f"slack:{USER}",
                        "at": "2025-11-03T02:41:40.123456+00:00",
                        "via": "slack",
                        "digest": DIGEST,
                        "reason": "",
                        "confirm": False,
                        "force": False,
                        "minutes": 0,
                        "result": "",
                    },
                    "response_url": URL,
                },
            }
        ]

    def test_it_is_done_once_although_its_signature_still_proves_it(
        self, world: World, capsys: pytest.CaptureFixture[str]
    ) -> None:
        headers = signed(BODY)
        assert [world.post(BODY, headers).status_code for _ in range(3)] == [200, 200, 200]
        assert len(world.lambda_.invoked) == 1
        assert capsys.readouterr().out.count('"ClicksRepeated":[1.0]') == 2
        [kept] = world.items
        assert kept["pk"]["S"].startswith("click#")
        assert KEEP_SECONDS >= 600

    def test_it_is_done_once_in_another_lambda_environment_and_signed_anew(self, world: World) -> None:
        world.post(BODY, signed(BODY, ago=20))
        forget()
        world.post(BODY, signed(BODY))
        assert len(world.lambda_.invoked) == 1

    def test_a_second_click_of_the_same_person_is_another(self, world: World) -> None:
        again = pressed()
        again["actions"][0]["action_ts"] = "1762137701.000000"
        for payload in (pressed(), again, pressed("acknowledge"), pressed(user={"id": "U9876543210"})):
            world.click(payload)
        assert len(world.lambda_.invoked) == 4

    def test_what_could_not_be_handed_over_is_said_and_may_be_clicked_again(self, world: World) -> None:
        world.lambda_.fails = True
        answer = world.click(pressed())
        assert (answer.status_code, b"Traceback" in answer.body) == (500, False)
        world.lambda_.fails = False
        assert (world.click(pressed()).status_code, len(world.lambda_.invoked)) == (200, 1)

    def test_the_log_says_who_clicked_what_and_no_secret(self, world: World) -> None:
        world.click(pressed())
        [line] = world.deployed.log()
        told = {name: line[name] for name in ("message", "status", "counted", "action", "incident", "user")}
        assert told == {
            "message": "Slack answered", "status": 200, "counted": "Clicks",
            "action": "approve", "incident": INCIDENT, "user": USER,
        }  # fmt: skip
        assert [secret for secret in (SECRET, TOKEN, URL) if secret in world.deployed.stream.getvalue()] == []


BUTTON = pressed()["actions"][0]
NOT_OURS: dict[str, dict[str, Any]] = {
    "a link": pressed(actions=[{**BUTTON, "action_id": "x1Y2", "value": None}]),
    "a button of a version to come": pressed(actions=[{**BUTTON, "action_id": "countermeasure.delete_everything"}]),
    "a button in a form": pressed(container={"type": "view", "view_id": "V0EXAMPLE"}),
    "a form of another": sent({"type": "modal", "callback_id": "other", "private_metadata": ""}, {}),
    "a shortcut": {"type": "shortcut", "user": {"id": USER}},
    "nothing that we know": {},
}
MISSHAPEN: dict[str, dict[str, Any]] = {
    "no user": pressed(user=None),
    "a user who is none": pressed(user={"id": "U1|U2"}),
    "no value": pressed(actions=[{**BUTTON, "value": None}]),
    "a value that no button carries": pressed(actions=[{**BUTTON, "value": "inc|x|y"}]),
    "two actions": pressed(actions=[BUTTON, BUTTON]),
    "a time that is none": pressed(actions=[{**BUTTON, "action_ts": "1e999"}]),
    "an answer that goes elsewhere": pressed(response_url="https://example.com/"),
    "an answer that only begins like Slack's": pressed(response_url="https://hooks.slack.com.example.com/x"),
    "an answer to a user of Slack's": pressed(response_url="https://hooks.slack.com@example.com/x"),
    "no channel": pressed(channel={}),
}


class TestWhatElseSlackSends:
    @pytest.mark.parametrize("payload", NOT_OURS.values(), ids=NOT_OURS)
    def test_what_is_none_of_ours_is_taken_and_ignored(self, world: World, payload: dict[str, Any]) -> None:
        assert (world.click(payload).status_code, world.done) == (200, NOTHING)

    @pytest.mark.parametrize("payload", MISSHAPEN.values(), ids=MISSHAPEN)
    def test_what_is_misshapen_is_refused(self, world: World, payload: dict[str, Any]) -> None:
        assert (world.click(payload).status_code, world.done) == (400, NOTHING)


REASON = {"reason": {"type": "plain_text_input", "value": "  it is our\n scanner "}}
FILLED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "undo": (
        {**REASON, "also": {"type": "checkboxes", "selected_options": [{"value": "confirm"}, {"value": "force"}]}},
        {"reason": "it is our scanner", "confirm": True, "force": True},
    ),
    "snooze": (
        {**REASON, "until": {"type": "radio_buttons", "selected_option": {"value": "1440"}}},
        {"reason": "it is our scanner", "minutes": 1440},
    ),
    "deny": ({"reason": {"type": "plain_text_input", "value": None}}, {}),
}


class TestForms:
    @pytest.mark.parametrize("action", sorted(FORMS))
    def test_a_decision_that_needs_words_opens_a_form_that_slack_takes(self, world: World, action: str) -> None:
        assert world.click(pressed(action)).status_code == 200
        [view] = world.views
        View(**view).validate_json()
        assert (view["callback_id"], len(view["private_metadata"]) <= 3000) == (action_id(action), True)
        required = {block["block_id"] for block in view["blocks"] if block.get("optional") is False}
        assert ("reason" in required) == (action in {"undo", "snooze"})
        assert world.lambda_.invoked == []

    @pytest.mark.parametrize("action", sorted(FILLED))
    def test_what_it_asked_is_decided_with_what_the_button_carried(self, world: World, action: str) -> None:
        world.click(pressed(action))
        values, said = FILLED[action]
        payload = sent(world.views[0], values)
        assert [(each.status_code, each.body) for each in (world.click(payload), world.click(payload))] == [
            (200, b""), (200, b"")
        ]  # fmt: skip
        [handed] = world.lambda_.invoked
        told = handed["Payload"]["decision"]
        at = told.pop("at")
        plain = {"reason": "", "confirm": False, "force": False, "minutes": 0, "result": ""}
        carried = {"action": action, "incident": INCIDENT, "by": f"slack:{USER}", "via": "slack", "digest": DIGEST}
        assert (told, handed["Payload"]["response_url"]) == ({**plain, **carried, **said}, URL)
        assert at.endswith("+00:00")

    def test_blanks_are_no_reason_and_the_form_says_so(self, world: World) -> None:
        world.click(pressed("undo"))
        answer = world.click(sent(world.views[0], {"reason": {"value": "   "}}))
        assert (answer.status_code, answer.json_body) == (
            200, {"response_action": "errors", "errors": {"reason": "Say why, in a few words."}}
        )  # fmt: skip
        assert world.lambda_.invoked == []
        world.click(sent(world.views[0], {"reason": {"value": "our scanner"}}))
        assert len(world.lambda_.invoked) == 1

    @pytest.mark.parametrize(
        "values",
        [
            {**REASON, "until": {"selected_option": {"value": "99999999"}}},
            {**REASON, "until": {"selected_option": None}},
            {"reason": {"value": "x" * 501}, "until": {"selected_option": {"value": "60"}}},
            {"reason": {"value": 7}, "until": {"selected_option": {"value": "60"}}},
        ],
        ids=["a time that was not offered", "no time", "a reason without end", "a reason that is no text"],
    )
    def test_what_the_form_does_not_offer_is_refused(self, world: World, values: dict[str, Any]) -> None:
        world.click(pressed("snooze"))
        assert (world.click(sent(world.views[0], values)).status_code, world.lambda_.invoked) == (400, [])

    def test_a_form_that_slack_does_not_open_is_said_to_the_one_who_clicked(self, world: World) -> None:
        world.slack.answer = {"ok": False, "error": "expired_trigger_id"}
        assert world.click(pressed("undo")).status_code == 200
        said = {"text": "it could not be opened, click again: Slack says expired_trigger_id"}
        assert world.slack.asked[-1] == (
            "/answer", {**said, "response_type": "ephemeral", "replace_original": False}
        )  # fmt: skip


class TestDetails:
    def test_everything_that_happened_is_shown(self, world: World) -> None:
        [incident] = world.deployed.invoke("signin", event("signin.root_login/fires.without_mfa"))
        assert world.click(pressed("details", incident, "")).status_code == 200
        [view] = world.views
        View(**view).validate_json()
        text = "\n".join(block["text"]["text"] for block in view["blocks"])
        assert (f"`{incident}`" in text, "*Found*" in text, world.lambda_.invoked) == (True, True, [])

    def test_an_incident_that_is_not_there_is_said(self, world: World) -> None:
        world.click(pressed("details"))
        [(path, told)] = world.slack.asked
        assert (path, told["text"]) == ("/answer", f"no incident '{INCIDENT}' is in the ledger")

    def test_however_much_happened_slack_takes_the_view(self, deployed: Deployed, catalogue: Catalogue) -> None:
        [incident] = deployed.invoke("signin", event("signin.root_login/fires.without_mfa"))
        stored = functions.ledger().load(incident)
        [finding] = stored.findings
        hostile = replace(finding, title="<!channel> *x* `" * 500, type="\N{SKULL}&<>" * 300)
        view = details.view(replace(stored, findings=(hostile,) * 500))
        View(**view).validate_json()
        texts = [block["text"]["text"] for block in view["blocks"]]
        assert (len(texts) <= 100, max(map(len, texts)) <= 3000) == (True, True)
        assert "<!channel>" not in "".join(texts)
        assert f"countermeasure show {incident}" in texts[0]


def decision(stored: Stored | None = None, **more: Any) -> dict[str, Any]:
    told = {
        "action": "acknowledge", "incident": stored.id if stored else INCIDENT, "by": f"slack:{USER}",
        "at": "2026-11-22T06:00:00+00:00", "via": "slack", **more,
    }  # fmt: skip
    return {"decision": told, "response_url": URL}


class TestDecide:
    """The function that carries out what was decided, with the real decisions."""

    @pytest.fixture
    def told(self, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
        said: list[tuple[str, str]] = []
        monkeypatch.setattr(deciding, "whisper", lambda url, text: said.append((url, text)))
        return said

    def test_somebody_who_may_not_decide_is_told_so_privately_and_lambda_does_not_try_again(
        self, deployed: Deployed, told: list[tuple[str, str]], capsys: pytest.CaptureFixture[str]
    ) -> None:
        [incident] = deployed.invoke("signin", event("signin.root_login/fires.without_mfa"))
        deployed.invoke("decide", decision(functions.ledger().load(incident), action="approve"))
        [(url, text)] = told
        assert (url, text.startswith("Not done: ")) == (URL, True)
        assert '"DecisionsRefused":[1.0]' in capsys.readouterr().out

    @pytest.mark.parametrize(
        "more",
        [
            {"incident": "x" * 3_000},
            {"incident": ""},
            {"incident": "inc-1|2"},
            {"digest": "no digest"},
            {"at": "never"},
            {"at": "2026-11-22\ud80006:00:00"},
            {"reason": "x" * 501},
            {"reason": "a\n*Undo*"},
        ],
    )
    def test_a_decision_that_no_click_makes_is_refused_before_it_is_kept(
        self, deployed: Deployed, told: list[tuple[str, str]], more: dict[str, str]
    ) -> None:
        with pytest.raises(MalformedEvent, match="not as a click makes it"):
            deployed.invoke("decide", decision(**more))
        assert told == []

    def test_an_incident_that_is_not_there_is_said(self, deployed: Deployed, told: list[tuple[str, str]]) -> None:
        deployed.invoke("decide", decision())
        assert told == [(URL, f"Not done: no incident '{INCIDENT}' is in the ledger")]

    def test_what_failed_by_no_fault_of_the_person_is_raised_for_lambda_and_said(
        self, deployed: Deployed, told: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        functions.engine()
        monkeypatch.setattr(functions.engine().ledger.table.client, "get_paginator", _refuse)
        with pytest.raises(ClientError, match="ProvisionedThroughputExceeded"):
            deployed.invoke("decide", decision())
        [(_, text)] = told
        assert text.startswith("It did not work (ClientError). It is tried again")
        assert "Throughput" not in text


def _refuse(*_: Any, **__: Any) -> Any:
    raise ClientError({"Error": {"Code": "ProvisionedThroughputExceeded", "Message": "m"}}, "Query")
