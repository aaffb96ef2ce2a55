"""Whether the channels would take a notice now: asked without telling anybody anything."""

from __future__ import annotations

from chalicelib.errors import NotDelivered
from chalicelib.notify import Targets, sns


def readiness(targets: Targets, *, ask_slack: bool = True) -> dict[str, str]:
    """Return of each channel why it would take no notice, however often it is tried; "" where it would.

    What passes by itself, as an outage, is no reason: a notice is tried again. A webhook cannot be asked without a
    message; of it only the secret is read. Slack that is not asked counts as one that would.
    """
    found = {}
    if targets.topic_arn and targets.sns:
        found["sns"] = _topic(targets)
    if targets.slack_reference:
        found["slack"] = _slack(targets) if ask_slack else ""
    return found


def _topic(targets: Targets) -> str:
    assert targets.sns
    try:
        heard = sns.heard(targets.sns(), targets.topic_arn)
    except NotDelivered as error:
        return str(error)
    if heard or targets.slack_reference:
        return ""
    return f"Nobody has subscribed to {targets.topic_arn}: subscribe whoever is on call."


def _slack(targets: Targets) -> str:
    try:
        secret = targets.read_secret(targets.slack_reference)
        if secret.bot_token and not targets.channel:
            return "Slack cannot be told: the configuration names no channel for the bot token."
        if secret.bot_token:
            from chalicelib.notify import slack  # noqa: PLC0415 (cold start)

            slack.greet(targets.slack_clients.web(secret.bot_token))
    except NotDelivered as error:
        return str(error) if getattr(error, "lasting", True) else ""
    return ""
