"""A region was enabled or disabled for an account: what happens in a region that nobody watches is not heard.

People are told. An enabled region is empty, to disable one takes away what is in it, and both take AWS hours: none of
it is done by itself.
"""

from chalicelib.model import Rule, Severity

rule = Rule(
    id="cloudtrail.region_enabled",
    title="Region of an account was enabled or disabled",
    pattern={
        "source": ["aws.account"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventName": ["EnableRegion", "DisableRegion"], "errorCode": [{"exists": False}]},
    },
    severity=Severity.MEDIUM,
    attack=("T1535",),
    controls={"pci-dss": ("10.2.1.2",), "soc2": ("CC6.1", "CC7.2")},
    look_at=(
        "Ask whoever did it. A region that you do not govern is not watched: disable it again, or add it to the"
        " governed regions, to the trail and to GuardDuty. Look for instances and functions made there since."
    ),
    ask_actor=True,
)
