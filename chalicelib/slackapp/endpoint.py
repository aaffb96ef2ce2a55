"""The endpoint that Slack calls: prove it, read it, do it once, answer within three seconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalice.app import Request

from chalicelib.dataclass import dataclass
from chalicelib.errors import Busy, CountermeasureError, MalformedRequest, NotDelivered, NotSigned
from chalicelib.ledger import Ledger
from chalicelib.notify.buttons import DETAILS
from chalicelib.notify.secrets import SlackSecret
from chalicelib.slackapp import details, once
from chalicelib.slackapp.clicks import Click, parse
from chalicelib.slackapp.deciding import to_event
from chalicelib.slackapp.forms import FORMS, NEEDS_REASON, REASON, form
from chalicelib.slackapp.verify import signed_body
from chalicelib.slackapp.web import asked, quick, whisper

if TYPE_CHECKING:
    from slack_sdk.web import WebClient

CLICKED, REPEATED, REFUSED, IGNORED = "Clicks", "ClicksRepeated", "ClicksRefused", "ClicksIgnored"
"""What a request is counted as."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What Slack is answered: an HTTP status and a JSON body or none; `counted` and `why` are for us."""

    status: int
    counted: str
    why: str = ""
    click: Click | None = None
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Answers Slack. `hand_over` gives the JSON of a decision to the function that carries it out."""

    secret: Callable[[], SlackSecret]
    ledger: Ledger
    hand_over: Callable[[str], None]
    clock: Callable[[], datetime]
    web: Callable[[str], WebClient] = quick
    whisper: Callable[[str, str], None] = whisper

    def answer(self, request: Request) -> Answer:
        """Answer one request of Slack's, or of whoever pretends to be Slack.

        401 where it is not proven to be Slack's, 400 where it is not shaped as Slack's are, 503 where the signing
        secret cannot be read; nothing is done then. What DynamoDB and Lambda raise comes through, as 500: nothing was
        done, Slack shows that, and the person clicks again.
        """
        now = self.clock()
        try:
            secret = self.secret()
            click = parse(signed_body(request, secret.signing_secret, now.timestamp()), now)
        except NotSigned as error:
            return Answer(401, REFUSED, str(error), body={"error": "not signed by Slack"})
        except MalformedRequest as error:
            return Answer(400, REFUSED, str(error), body={"error": "malformed"})
        except NotDelivered as error:
            return Answer(503, REFUSED, str(error), body={"error": "not ready"})
        if click is None:
            return Answer(200, IGNORED)
        if click.form and click.action in NEEDS_REASON and not click.reason:
            missing = {"response_action": "errors", "errors": {REASON: "Say why, in a few words."}}
            return Answer(200, IGNORED, "no reason was given", click, missing)
        return self._once(click, secret)

    def _once(self, click: Click, secret: SlackSecret) -> Answer:
        try:
            once.claim(self.ledger.table, click, self.clock())
        except Busy:
            return Answer(200, REPEATED, "it was here before", click)
        if click.action == DETAILS or (click.action in FORMS and not click.form):
            return self._show(click, secret)
        try:
            self.hand_over(to_event(click))
        except Exception:
            once.release(self.ledger.table, click)
            raise
        return Answer(200, CLICKED, click=click)

    def _show(self, click: Click, secret: SlackSecret) -> Answer:
        """Open what was asked for: the details of an incident, or the form of a decision that needs words."""
        try:
            if not secret.bot_token:
                raise NotDelivered("the Slack secret holds no bot_token, without which no form can be opened")
            view = details.view(self.ledger.load(click.incident)) if click.action == DETAILS else form(click)
            opening = "it could not be opened, click again"
            asked(opening, lambda: self.web(secret.bot_token).views_open(trigger_id=click.trigger, view=view))
        except CountermeasureError as error:
            return Answer(200, CLICKED, self._excused(click, str(error)), click)
        return Answer(200, CLICKED, click=click)

    def _excused(self, click: Click, why: str) -> str:
        """Tell the person why nothing opened; return that, and whether the person could be told."""
        try:
            self.whisper(click.response_url, why)
        except NotDelivered as error:
            return f"{why}; {error}"
        return why
