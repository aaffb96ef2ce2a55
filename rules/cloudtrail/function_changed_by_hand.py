"""A person, not a pipeline, changed what a Lambda function runs; many do so on some days, so people are only told."""

from chalicelib.model import Rule, Severity
from rules.controls import INTRUSION_SEEN

# Whoever came by the console, by Identity Center or as an IAM user.
PERSON = [
    {"sessionCredentialFromConsole": ["true"]},
    {"userIdentity": {"type": ["IAMUser"]}},
    {"userIdentity": {"sessionContext": {"sessionIssuer": {"userName": [{"prefix": "AWSReservedSSO_"}]}}}},
]

rule = Rule(
    id="cloudtrail.function_changed_by_hand",
    title="Lambda function's code was changed by hand",
    pattern={
        "source": ["aws.lambda"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventName": [{"prefix": "UpdateFunctionCode2"}],
                    "requestParameters": {"dryRun": [{"exists": False}, False]},
                    "$or": PERSON,
                },
                {
                    "eventName": [{"prefix": "UpdateFunctionConfiguration2"}],
                    "requestParameters": {"layers": [{"exists": True}]},
                    "$or": PERSON,
                },
            ],
        },
    },
    severity=Severity.LOW,
    attack=("T1648", "T1525"),
    controls=INTRUSION_SEEN,
    look_at=(
        "Compare the code and layers with what your pipeline deployed last: a layer runs before the code, and sees all"
        " that it sees. A pipeline that signs as an IAM user is told of too: give it a role."
    ),
    ask_actor=True,
)
