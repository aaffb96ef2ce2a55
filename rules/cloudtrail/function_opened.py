"""A Lambda function can be called by anybody, by its policy or an unsigned URL: ask, since it may be a webhook."""

from chalicelib.model import Mode, Rule, Severity
from remediations.lambdas import remove_public_access
from rules.controls import PUBLIC_DATA

ABSENT = [{"exists": False}]

rule = Rule(
    id="cloudtrail.function_opened",
    title="Lambda function was opened to everyone",
    pattern={
        "source": ["aws.lambda"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": ABSENT,
            "$or": [
                # The console allows the URL to everybody in calls of their own: the one that makes it speaks for them.
                {
                    "eventName": [{"prefix": "AddPermission2"}],
                    "requestParameters": {
                        "principal": ["*"],
                        "principalOrgID": ABSENT,
                        "sourceAccount": ABSENT,
                        "sourceArn": ABSENT,
                    },
                },
                {
                    "eventName": [{"prefix": "CreateFunctionUrlConfig"}, {"prefix": "UpdateFunctionUrlConfig"}],
                    "requestParameters": {"authType": ["NONE"]},
                },
            ],
        },
    },
    resources={"AWS::Lambda::Function": "detail.requestParameters.functionName"},
    respond=(remove_public_access,),
    mode=Mode.APPROVE,
    only_if_wrong=True,
    severity=Severity.HIGH,
    attack=("T1648", "T1098"),
    controls=PUBLIC_DATA,
    look_at=(
        "Ask whoever opened it whether it is a webhook that checks its callers itself. If not: approve, compare its"
        " code with the source, and look at its invocations since. A function with a broad role is a back door."
    ),
    ask_actor=True,
)
