"""Something that costs or computes was made in a region that nobody is to use, as miners do: ask, then stop it.

Which regions those are organization.toml says (`regions.allowed`): in the others the rule is silent. An instance or a
function is stopped, the rest is for people. What is made in a region that is not even governed nobody hears of: the
region lock keeps everybody out of it (docs/decisions/013-identity-and-regions.md).
"""

from chalicelib.model import Mode, Rule, Severity
from remediations.ec2.stop_instance import remediation as stop_instance
from remediations.lambdas import stop_function

rule = Rule(
    id="cloudtrail.made_in_forbidden_region",
    title="Resource was made in a region that nobody is to use",
    pattern={
        "source": [
            "aws.ec2",
            "aws.lambda",
            "aws.rds",
            "aws.eks",
            "aws.ecs",
            "aws.elasticmapreduce",
            "aws.lightsail",
            "aws.redshift",
            "aws.s3",
            "aws.sagemaker",
        ],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": [
                "RunInstances",
                "CreateFleet",
                "RequestSpotInstances",
                "RequestSpotFleet",
                "CreateFunction20150331",
                "CreateDBInstance",
                "CreateDBCluster",
                "CreateCluster",
                "RunJobFlow",
                "CreateInstances",
                "CreateBucket",
                "CreateNotebookInstance",
                "CreateTrainingJob",
            ],
            "errorCode": [{"exists": False}],
        },
    },
    resources={
        "AWS::EC2::Instance": "detail.responseElements.instancesSet.items[].instanceId",
        "AWS::Lambda::Function": (
            "detail.eventSource == 'lambda.amazonaws.com' && detail.responseElements.functionName"
        ),
    },
    respond=(stop_instance, stop_function),
    mode=Mode.APPROVE,
    severity=Severity.HIGH,
    attack=("T1535", "T1578.002"),
    controls={"pci-dss": ("11.5.1",), "soc2": ("CC6.1", "CC7.2")},
    look_at=(
        "Ask whoever made it. If nobody knows: approve, look at the bill and the other regions for more of the kind,"
        " contain whoever made it, and keep the accounts out with the region lock (countermeasure templates scp)."
    ),
    ask_actor=True,
    elsewhere=True,
)
