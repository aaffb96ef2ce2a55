"""A trail was told to record less, or what it selects was set anew: have it record all management events."""

from chalicelib.model import Rule, Severity
from remediations.cloudtrail.restore_settings import remediation as restore_settings
from rules.controls import AUDIT_TRAIL

rule = Rule(
    id="cloudtrail.trail_narrowed",
    title="CloudTrail trail was told what to leave out",
    pattern={
        "source": ["aws.cloudtrail"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                # Which events all of a trail's selectors leave out together no pattern can say: the remediation looks.
                {"eventName": ["PutEventSelectors"]},
                {"eventName": ["UpdateTrail"], "requestParameters": {"isMultiRegionTrail": [False]}},
                {"eventName": ["UpdateTrail"], "requestParameters": {"includeGlobalServiceEvents": [False]}},
                {"eventName": ["UpdateTrail"], "requestParameters": {"enableLogFileValidation": [False]}},
            ],
        },
    },
    resources={"AWS::CloudTrail::Trail": "detail.requestParameters.name || detail.requestParameters.trailName"},
    respond=(restore_settings,),
    severity=Severity.HIGH,
    attack=("T1562.008",),
    controls=AUDIT_TRAIL,
    look_at=(
        "Ask whoever did it; if it was not them, contain that principal. Compare bucket, key and data selectors with"
        " what they should be: those are not brought back. A trail that is for data events alone records too much now:"
        " undo it, which stays undone."
    ),
)
