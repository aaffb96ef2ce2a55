"""Cases of an account: a stolen access key, a trail that was stopped, a sign-in of root."""

from __future__ import annotations

from bench.case import ACCOUNT, INTRUDER, Case, Event, State, api_call, client, envelope, guardduty, user

USER, TRAIL, TOPIC = "dev", "organization-trail", "security-alerts"


def _make_keys() -> State:
    iam = client("iam")
    iam.create_user(UserName=USER)
    stolen, other = (iam.create_access_key(UserName=USER)["AccessKey"]["AccessKeyId"] for _ in range(2))
    return {"key": stolen, "other": other}


def _activate(state: State) -> None:
    for key in (state["key"], state["other"]):
        client("iam").update_access_key(UserName=USER, AccessKeyId=key, Status="Active")


def _only_the_stolen_is_off(state: State) -> bool:
    keys = client("iam").list_access_keys(UserName=USER)["AccessKeyMetadata"]
    statuses = {each["AccessKeyId"]: each["Status"] for each in keys}
    return statuses == {state["key"]: "Inactive", state["other"]: "Active"}


def _key_misused(state: State) -> Event:
    details = {"accessKeyId": state["key"], "principalId": "AIDAIOSFODNN7EXAMPLE", "userType": "IAMUser"}
    call = {"api": "ListBuckets", "serviceName": "s3.amazonaws.com", "remoteIpDetails": {"ipAddressV4": INTRUDER}}
    return guardduty(
        "UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom",
        5,
        {"resourceType": "AccessKey", "accessKeyDetails": {**details, "userName": USER}},
        {"actionType": "AWS_API_CALL", "awsApiCallAction": call},
    )


def _make_trail() -> State:
    client("s3").create_bucket(Bucket="bench-trail")
    made = client("cloudtrail").create_trail(Name=TRAIL, S3BucketName="bench-trail")
    return {"trail": TRAIL, "arn": made["TrailARN"]}


def _stop_trail(state: State) -> None:
    cloudtrail = client("cloudtrail")
    cloudtrail.start_logging(Name=TRAIL)
    cloudtrail.stop_logging(Name=TRAIL)


def _trail_logs(state: State) -> bool:
    return bool(client("cloudtrail").get_trail_status(Name=TRAIL)["IsLogging"])


def _trail_stopped(state: State) -> Event:
    more = {"requestParameters": {"name": TRAIL}, "responseElements": None}
    detail = api_call("cloudtrail", "StopLogging", user(USER), more)
    return envelope("aws.cloudtrail", "AWS API Call via CloudTrail", detail)


def _make_topic() -> State:
    arn = client("sns").create_topic(Name=TOPIC)["TopicArn"]
    queue = client("sqs").create_queue(QueueName=TOPIC)["QueueUrl"]
    attributes = client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    client("sns").subscribe(TopicArn=arn, Protocol="sqs", Endpoint=attributes["QueueArn"])
    return {"topic": arn, "queue": queue}


def _heard(state: State) -> int:
    """Take what on-call was told out of the queue, and return how much it was."""
    sqs, number = client("sqs"), 0
    while found := sqs.receive_message(QueueUrl=state["queue"], MaxNumberOfMessages=10).get("Messages", []):
        for message in found:
            sqs.delete_message(QueueUrl=state["queue"], ReceiptHandle=message["ReceiptHandle"])
        number += len(found)
    return number


def _forget_messages(state: State) -> None:
    _heard(state)


def _told_once(state: State) -> bool:
    return _heard(state) == 1


def _root_signed_in(state: State) -> Event:
    root = {"type": "Root", "principalId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:root", "accountId": ACCOUNT}
    more = {"responseElements": {"ConsoleLogin": "Success"}, "additionalEventData": {"MFAUsed": "No"}}
    detail = api_call("signin", "ConsoleLogin", root, {**more, "eventType": "AwsConsoleSignIn"})
    return envelope("aws.signin", "AWS Console Sign In via CloudTrail", detail)


CASES = (
    Case(
        name="gd_key",
        title="Access key misused (GuardDuty)",
        make=_make_keys,
        spoil=_activate,
        event=_key_misused,
        fixed=_only_the_stolen_is_off,
        contains=frozenset({"iam:UpdateAccessKey"}),
    ),
    Case(
        name="trail_stop",
        title="Trail stopped (CloudTrail)",
        make=_make_trail,
        spoil=_stop_trail,
        event=_trail_stopped,
        fixed=_trail_logs,
        contains=frozenset({"cloudtrail:StartLogging"}),
    ),
    Case(
        name="root_login",
        title="Root signed in (CloudTrail): tell on-call once",
        make=_make_topic,
        spoil=_forget_messages,
        event=_root_signed_in,
        fixed=_told_once,
        contains=frozenset({"sns:Publish"}),
    ),
)
