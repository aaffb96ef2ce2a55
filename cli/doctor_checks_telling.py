"""The doctor's checks of what people hear: the topic, Slack, and the heartbeat that says that all of it lives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib.patterns import SOURCES
from cli.doctor_check import Check, Patient, fail, ok, warn
from cli.doctor_checks import setting
from infrastructure.names import HEARTBEAT, named

_PERIOD = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")


def topic(patient: Patient) -> Check:
    """Somebody has subscribed to the topic."""
    to = patient.deployed
    arn = to.organization.channels.topic or setting(patient, "TOPIC_ARN")
    sns = to.aws("sns", arn.split(":")[3]) if arn.count(":") == 5 else to.client("sns")
    try:
        pages = list(sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn))
    except sns.exceptions.NotFoundException:
        return fail("topic", f"{arn} is not there", "name a topic that is: notify.topic in organization.toml")
    found = [each for page in pages for each in page["Subscriptions"]]
    waiting = [each for each in found if each["SubscriptionArn"] == "PendingConfirmation"]
    if not found:
        return fail("topic", f"nobody has subscribed to {arn}", "subscribe the security team to it")
    if len(waiting) == len(found):
        return fail("topic", f"no subscription to {arn} is confirmed", "confirm one: AWS has sent a message to each")
    if waiting:
        return warn(
            "topic", f"{len(waiting)} of {len(found)} subscriptions are not confirmed", "confirm or remove them"
        )
    return ok("topic", f"{len(found)} subscribers")


def slack_token(patient: Patient) -> Check:
    """Slack takes our token, and lets it write."""
    channels = patient.deployed.organization.channels
    if not channels.slack_secret:
        return ok("slack", "not used")
    secret = patient.read_secret(channels.slack_secret)
    if not secret.bot_token:
        return ok("slack", "a webhook: it can only be tried with a message")
    if not channels.slack_channel:
        todo = "name one: notify.slack_channel in organization.toml"
        return fail("slack", "the bot has no channel to write to", todo)
    return _tried_with_slack(patient, secret.bot_token, channels.slack_secret)


def _tried_with_slack(patient: Patient, token: str, reference: str) -> Check:
    from slack_sdk.errors import SlackApiError  # noqa: PLC0415

    try:
        answer = patient.slack_clients.web(token).auth_test()
    except SlackApiError as error:
        code = str(error.response.get("error", "no reason given"))
        return fail("slack", f"Slack refuses the token: {code}", f"store the right one in {reference}")
    except OSError as error:
        return fail("slack", f"Slack could not be reached: {type(error).__name__}", "try again from a place that can")
    if "chat:write" not in _scopes(answer.headers):
        return fail("slack", "the app may not write: it lacks chat:write", "give it that scope and install it again")
    return ok("slack", f"{answer.get('user', 'the app')} in {answer.get('team', 'the workspace')}")


def heartbeat(patient: Patient) -> Check:
    """The last heartbeat went the whole way through every function, and is not older than two of its periods."""
    to, now = patient.deployed, patient.clock()
    rule = to.client("events").describe_rule(Name=named(to.stage, HEARTBEAT))
    found = _PERIOD.fullmatch(rule.get("ScheduleExpression", ""))
    period = timedelta(**{f"{found[2]}s": int(found[1])}) if found else timedelta(hours=1)
    since = now - 2 * period - timedelta(minutes=5)
    silent = [source for source in SOURCES if not _beats(patient, source, since, now, period)]
    if silent:
        read = HEARTBEAT if len(silent) == len(SOURCES) else silent[0]
        todo = f"read the log of {named(to.stage, read)}, and its dead letters"
        return fail("heartbeat", f"none in {', '.join(silent)} since {since:%Y-%m-%d %H:%M} UTC", todo)
    return ok("heartbeat", f"seen in every function within {2 * period}")


def _beats(patient: Patient, source: str, since: datetime, now: datetime, period: timedelta) -> bool:
    """Return whether a heartbeat went the whole way through the function of a source since then."""
    points = patient.deployed.client("cloudwatch").get_metric_statistics(
        Namespace="Countermeasure",
        MetricName="Heartbeat",
        Dimensions=[{"Name": "service", "Value": source}],
        StartTime=since,
        EndTime=now + timedelta(minutes=1),
        Period=max(60, int(period.total_seconds())),
        Statistics=["Sum"],
    )["Datapoints"]
    return any(point["Sum"] > 0 for point in points)


def _scopes(headers: Mapping[str, Any]) -> list[str]:
    """Return what the token may do, as Slack says in a header (docs.slack.dev: auth.test)."""
    told = {key.lower(): value for key, value in headers.items()}
    return str(told.get("x-oauth-scopes", "chat:write")).replace(" ", "").split(",")
