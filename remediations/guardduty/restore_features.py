"""Enable the protection plans of a GuardDuty detector that are switched off."""

from __future__ import annotations

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.guardduty import detectors

PLANS = (
    "EBS_MALWARE_PROTECTION",
    "EKS_AUDIT_LOGS",
    "LAMBDA_NETWORK_LOGS",
    "RDS_LOGIN_EVENTS",
    "RUNTIME_MONITORING",
    "S3_DATA_EVENTS",
)


def read(aws: Session, detector: Resource) -> Json:
    """Return whether each plan is enabled: `{"S3_DATA_EVENTS": bool, ...}`. A plan that the region lacks is left out.

    `details["features"]`, names with spaces between, says which plans were switched off; without it, it is all of
    them. Raises Gone when the detector was deleted.
    """
    features = detectors.get(aws, detector).get("Features", [])
    found = {each["Name"]: each["Status"] == "ENABLED" for each in features}
    asked = detector.details.get("features", "").split() or PLANS
    # GuardDuty refuses both: Runtime Monitoring includes the older one for EKS (API reference, UpdateDetector).
    older = found.get("EKS_RUNTIME_MONITORING") and not found.get("RUNTIME_MONITORING")
    mine = [plan for plan in PLANS if plan in asked and plan in found]
    return {plan: found[plan] for plan in mine if not (older and plan == "RUNTIME_MONITORING")}


def desired(now: Json, detector: Resource) -> Json:
    return dict.fromkeys(now, True)


def write(aws: Session, detector: Resource, now: Json, then: Json) -> None:
    changed = [plan for plan in then if then[plan] != now.get(plan)]
    if changed:  # features that are not named stay as they are
        aws.client("guardduty").update_detector(
            DetectorId=detector.id,
            Features=[{"Name": plan, "Status": "ENABLED" if then[plan] else "DISABLED"} for plan in changed],
        )


remediation = Remediation(
    id="guardduty.restore_features",
    title="Enable a GuardDuty detector's protection plans",
    resource_type="AWS::GuardDuty::Detector",
    reads=("guardduty:GetDetector",),
    writes=("guardduty:UpdateDetector",),
    pin=("arn:{partition}:guardduty:{region}:{account}:detector/{id}",),
    impact=(
        "GuardDuty watches S3 data events, EKS audit logs, EC2 volumes, RDS logins, Lambda's network and running"
        " workloads in the region again, each at its own cost: also a plan that was never meant to be on, where the"
        " event does not name those switched off. It installs no runtime agents and looks back at nothing. A suspended"
        " detector sees nothing whatever its plans are, and a member's plans can only be set by its administrator"
        " account, where that manages them: then GuardDuty refuses."
    ),
    confirm_undo="Undo switches the plans off again: what they watch goes unseen.",
    read=read,
    desired=desired,
    write=write,
)
