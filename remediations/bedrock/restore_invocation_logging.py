"""Turn on again the log of what Bedrock's models are asked and answer, as the event history last saw it set."""

from __future__ import annotations

import json

from chalicelib.errors import Unsupported
from chalicelib.model import Json, Remediation, Resource, Session

SET = "PutModelInvocationLoggingConfiguration"
DESTINATIONS = {"cloudWatchConfig", "s3Config"}
KINDS = {f"{kind}DataDeliveryEnabled" for kind in ("text", "image", "embedding", "video", "audio")}


def read(aws: Session, account: Resource) -> Json:
    """Return `{"logging": {...}}` as Bedrock has it in this region; where it is off, null and what it was `before`.

    Raises Unsupported when it is off and the event history does not know how it was.
    """
    found = aws.client("bedrock").get_model_invocation_logging_configuration().get("loggingConfig")
    if found:
        return {"logging": found}
    return {"logging": None, "before": last_set(aws, account)}


def last_set(aws: Session, account: Resource) -> Json:
    """Return what the newest successful call set: Bedrock itself forgets it, and no other region has the same.

    Bedrock takes only destinations of the same account and region, so that what an intruder set is no way out.
    """
    wanted = [{"AttributeKey": "EventName", "AttributeValue": SET}]
    for page in aws.client("cloudtrail").get_paginator("lookup_events").paginate(LookupAttributes=wanted):
        for event in page["Events"]:
            if config := config_of(json.loads(event["CloudTrailEvent"])):
                return config
    raise Unsupported(
        f"Bedrock logs no model invocations in {account.region}, and CloudTrail's event history (90 days) does not know"
        " how it did: turn it on by hand in Bedrock's settings, with a bucket or a log group of the region"
    )


def config_of(event: Json) -> Json:
    """Return the logging that a CloudTrail record set, null where the call failed or says no destination."""
    asked = (event.get("requestParameters") or {}).get("loggingConfig")
    if event.get("errorCode") or not isinstance(asked, dict) or not any(asked.get(name) for name in DESTINATIONS):
        return None
    return {name: asked[name] for name in sorted(DESTINATIONS | KINDS) if asked.get(name) is not None}


def desired(now: Json, account: Resource) -> Json:
    return {"logging": now["logging"] or now["before"]}


def write(aws: Session, account: Resource, now: Json, then: Json) -> None:
    bedrock = aws.client("bedrock")
    if then["logging"]:
        bedrock.put_model_invocation_logging_configuration(loggingConfig=then["logging"])
    else:
        bedrock.delete_model_invocation_logging_configuration()


remediation = Remediation(
    id="bedrock.restore_invocation_logging",
    title="Restore the model invocation log of Bedrock",
    resource_type="AWS::Account",
    reads=("bedrock:GetModelInvocationLoggingConfiguration", "cloudtrail:LookupEvents"),
    writes=(
        "bedrock:PutModelInvocationLoggingConfiguration",
        "bedrock:DeleteModelInvocationLoggingConfiguration",
        "iam:PassRole",
    ),
    impact=(
        "Bedrock logs again what models are asked and answer in this region, at the cost of storing it; what was asked"
        " meanwhile is lost. It comes back as it was last set within 90 days, whoever set it: look that destination"
        " and kinds of data are yours. Bedrock refuses where the bucket, the log group or the role is gone. Nobody who"
        " calls models is stopped, and a log that is on but leaves kinds of data out is not changed."
    ),
    confirm_undo="Undo turns the log off again: what models are asked goes unseen.",
    read=read,
    desired=desired,
    write=write,
)
