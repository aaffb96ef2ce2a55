"""The root user changed something; IAM cannot contain root, so people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import ROOT_USE

SOURCES = """
    access-analyzer account acm apigateway appmesh athena autoscaling backup batch bedrock billing budgets ce
    cloudformation cloudfront cloudshell cloudtrail codebuild codecommit cognito-idp config detective dynamodb ec2 ecr
    ecs eks elasticache elasticfilesystem elasticloadbalancing elasticmapreduce es events firehose fms glacier glue
    guardduty iam identitystore inspector2 kinesis kms lambda lightsail logs macie2 monitoring network-firewall
    organizations payments ram rds redshift rolesanywhere route53 route53domains s3 sagemaker scheduler secretsmanager
    securityhub servicequotas ses sns sqs ssm sso sso-directory states sts support tax transfer wafv2 workspaces
""".split()  # noqa: SIM905 - a list of words reads better than sixty lines
"""The services whose calls are looked at, as in `aws.<service>`: a pattern's source is always an exact list."""

rule = Rule(
    id="cloudtrail.root_api_use",
    title="Root user made a change",
    pattern={
        "source": [f"aws.{service}" for service in SOURCES],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "userIdentity": {
                "type": ["Root"],
                # The console itself calls as signin.amazonaws.com for a root user who clicks; other services do not.
                "invokedBy": [{"exists": False}, "signin.amazonaws.com"],
            },
            # Services make these in passing.
            "eventName": [{"anything-but": ["CreateServiceLinkedRole"]}],
            "eventType": [{"anything-but": ["AwsServiceEvent"]}],
            "readOnly": [{"exists": False}, False],
            "errorCode": [{"exists": False}],
        },
    },
    severity=Severity.HIGH,
    attack=("T1078.001", "T1078.004"),
    controls=ROOT_USE,
    look_at=(
        "Ask the holders of the root credentials whether this call was theirs. If not: recover the password, end all"
        " sessions, delete root's access keys, change MFA and e-mail, and undo what was changed."
    ),
    ask_actor=True,
)
