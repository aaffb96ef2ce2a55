"""Somebody switched protection plans of GuardDuty off: switch those on again."""

from chalicelib.model import Rule, Severity
from remediations.guardduty.restore_features import remediation as restore_features
from rules.controls import DETECTION

rule = Rule(
    id="cloudtrail.detector_plan_disabled",
    title="GuardDuty protection plan was switched off",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["UpdateDetector"],
            "errorCode": [{"exists": False}],
            "requestParameters": {
                "$or": [
                    {"features": {"status": ["DISABLED"]}},
                    {"dataSources": {"s3Logs": {"enable": [False]}}},
                    {"dataSources": {"kubernetes": {"auditLogs": {"enable": [False]}}}},
                    {"dataSources": {"malwareProtection": {"scanEc2InstanceWithFindings": {"ebsVolumes": [False]}}}},
                ]
            },
        },
    },
    resources={"AWS::GuardDuty::Detector": "detail.requestParameters.detectorId"},
    respond=(restore_features,),
    severity=Severity.HIGH,
    attack=("T1562.001",),
    controls=DETECTION,
    look_at=(
        "Ask whoever switched it off; a plan that is off to save money belongs into your templates, then undo. Look"
        " in CloudTrail for what happened meanwhile where the plan looks: S3, EKS, RDS, Lambda, volumes or running"
        " workloads."
    ),
)
