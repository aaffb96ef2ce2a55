"""Checks that found trails and detectors of the account off, or recording less."""

from chalicelib.model import Severity
from remediations.cloudtrail.restore_settings import remediation as restore_trail_settings
from remediations.config.recreate_recorder import remediation as recreate_recorder
from remediations.guardduty.restore_detector import remediation as restore_detector
from remediations.macie.enable import remediation as enable_macie
from remediations.securityhub.enable import remediation as enable_security_hub
from rules.checks.check import ACCOUNT, Check
from rules.controls import AUDIT_TRAIL, DETECTION, RECORDER, SAFEGUARD

DETECTION_CHECKS = (
    Check(
        name="trail_missing",
        title="No CloudTrail trail records the account",
        severity=Severity.HIGH,
        types=(ACCOUNT,),
        config=("cloudtrail-enabled", "cloud-trail-enabled"),
        controls=("CloudTrail.1", "CloudTrail.3", "PCI.CloudTrail.2"),
        cis_1_2=("2.1",),
        cis_1_4=("3.1",),
        attack=("T1562.008",),
        frameworks=AUDIT_TRAIL,
        look_at=(
            "The check does not say which trail is gone: search event history for StopLogging, DeleteTrail and"
            " UpdateTrail. While no trail logs, EventBridge hears of no call either. Start it again, or make an"
            " organization trail."
        ),
    ),
    Check(
        name="trail_weakened",
        title="CloudTrail trail does not sign its log files",
        severity=Severity.MEDIUM,
        types=("AWS::CloudTrail::Trail",),
        config=("cloud-trail-log-file-validation-enabled",),
        controls=("CloudTrail.4", "PCI.CloudTrail.3"),
        cis_1_2=("2.2",),
        cis_1_4=("3.2",),
        respond=(restore_trail_settings,),
        attack=("T1562.008", "T1070"),
        frameworks=AUDIT_TRAIL,
        look_at=(
            "Without digests nobody can tell whether log files were changed or deleted since. Look for UpdateTrail in"
            " CloudTrail. A trail that leaves events out on purpose, beside a complete one: switch it on by hand."
        ),
    ),
    Check(
        name="recorder_missing",
        title="AWS Config does not record the account",
        severity=Severity.MEDIUM,
        types=(ACCOUNT,),
        controls=("Config.1", "PCI.Config.1"),
        cis_1_2=("2.5",),
        cis_1_4=("3.5",),
        respond=(recreate_recorder,),
        attack=("T1562.001",),
        frameworks=RECORDER,
        look_at=(
            "Look in CloudTrail whether somebody stopped or deleted the recorder: what changed since is in no history."
            " A region that you do not use: approve nothing, and switch the control off there."
        ),
    ),
    Check(
        name="guardduty_off",
        title="GuardDuty is not enabled",
        severity=Severity.HIGH,
        types=(ACCOUNT,),
        config=("guardduty-enabled-centralized",),
        controls=("GuardDuty.1", "PCI.GuardDuty.1"),
        respond=(restore_detector,),
        attack=("T1562.001",),
        frameworks=DETECTION,
        look_at=(
            "Look in CloudTrail for DeleteDetector and for the account leaving its administrator: what happened since"
            " went unseen. A new account is better enabled by the organization's auto-enable."
        ),
    ),
    Check(
        name="macie_off",
        title="Macie is not enabled",
        severity=Severity.LOW,
        types=(ACCOUNT,),
        config=("macie-status-check",),
        controls=("Macie.1",),
        respond=(enable_macie,),
        attack=("T1562.001",),
        frameworks=SAFEGUARD,
        look_at=(
            "Approve only where Macie is meant to run in this region: it costs by bucket and by data. DisableMacie in"
            " CloudTrail says who switched it off; jobs and findings of before are gone."
        ),
    ),
    Check(
        name="security_hub_off",
        title="Security Hub is not enabled",
        severity=Severity.MEDIUM,
        types=(ACCOUNT,),
        config=("securityhub-enabled",),
        respond=(enable_security_hub,),
        attack=("T1562.001",),
        frameworks=SAFEGUARD,
        look_at=(
            "Look in CloudTrail for DisableSecurityHub and who called it: no control judged anything since. After you"
            " approve, enable the standards again and join the administrator account."
        ),
    ),
)
