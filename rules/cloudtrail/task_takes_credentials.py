"""A container is told to ask for its task's credentials by a command, as attackers do; no task runs yet to stop."""

from chalicelib.model import Rule, Severity
from rules.controls import INTRUSION_SEEN

# Where a container gets its role's credentials (ECS developer guide, "Task IAM role").
CREDENTIALS = [{"wildcard": "*169.254.170.2*"}, {"wildcard": "*AWS_CONTAINER_CREDENTIALS_*_URI*"}]

rule = Rule(
    id="cloudtrail.task_takes_credentials",
    title="ECS task is made to give out its role's credentials",
    pattern={
        "source": ["aws.ecs"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventName": ["RegisterTaskDefinition"],
                    "requestParameters": {
                        "containerDefinitions": {"$or": [{"command": CREDENTIALS}, {"entryPoint": CREDENTIALS}]}
                    },
                },
                {
                    "eventName": ["RunTask", "StartTask"],
                    "requestParameters": {"overrides": {"containerOverrides": {"command": CREDENTIALS}}},
                },
            ],
        },
    },
    severity=Severity.HIGH,
    attack=("T1552.005", "T1610"),
    controls=INTRUSION_SEEN,
    look_at=(
        "Read the whole command: where does it send what it gets? Unless it is a test of yours: deregister the"
        " definition, stop its tasks, revoke the sessions of the task role and contain whoever registered it."
    ),
)
