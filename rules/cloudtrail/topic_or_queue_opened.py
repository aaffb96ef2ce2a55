"""An SNS topic or SQS queue lets anybody in: ask, and take those statements out."""

from chalicelib.model import Mode, Rule, Severity
from remediations.sns.remove_public_policy import remediation as close_topic
from remediations.sqs.remove_public_policy import remediation as close_queue
from rules.cloudtrail.anybody import ANYBODY
from rules.controls import PUBLIC_DATA

rule = Rule(
    id="cloudtrail.topic_or_queue_opened",
    title="SNS topic or SQS queue was opened to everyone",
    pattern={
        "source": ["aws.sns", "aws.sqs"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventName": ["SetTopicAttributes"],
                    "requestParameters": {"attributeName": ["Policy"], "attributeValue": ANYBODY},
                },
                {
                    "eventName": ["CreateQueue", "CreateTopic", "SetQueueAttributes"],
                    "requestParameters": {"attributes": {"Policy": ANYBODY}},
                },
                # Anybody is a star here, in a list of accounts.
                {
                    "eventSource": ["sns.amazonaws.com", "sqs.amazonaws.com"],
                    "eventName": ["AddPermission"],
                    "requestParameters": {"$or": [{"aWSAccountIds": ["*"]}, {"aWSAccountId": ["*"]}]},
                },
            ],
        },
    },
    resources={
        "AWS::SNS::Topic": "detail.requestParameters.topicArn || detail.responseElements.topicArn",
        "AWS::SQS::Queue": "detail.requestParameters.queueUrl || detail.responseElements.queueUrl",
    },
    respond=(close_topic, close_queue),
    mode=Mode.APPROVE,
    only_if_wrong=True,
    severity=Severity.MEDIUM,
    attack=("T1530", "T1537"),
    controls=PUBLIC_DATA,
    look_at=(
        "Ask who is meant, and name those accounts, or the source that sends, in the policy instead. Look through a"
        " topic's subscriptions for addresses that are not yours. A policy that a condition limits needs nothing."
    ),
)
