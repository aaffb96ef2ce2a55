"""Make a GuardDuty detector in a region where the account has none any more."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.model import Json, Remediation, Resource, Session

TAG = "countermeasure:incident"


def read(aws: Session, account: Resource) -> Json:
    """Return `{"detector": "none" | "ours" | "others"}`: ours is the one made for this incident."""
    tagged = [tags for _, tags in detectors(aws)]
    whose = "ours" if aws.incident in tagged else "others"
    return {"detector": whose if tagged else "none"}


def detectors(aws: Session) -> Iterator[tuple[str, str]]:
    """Yield the account's detectors in this region, at most one, with the incident that each was made for."""
    guardduty = aws.client("guardduty")
    for page in guardduty.get_paginator("list_detectors").paginate():
        for each in page["DetectorIds"]:
            yield each, guardduty.get_detector(DetectorId=each).get("Tags", {}).get(TAG, "")


def desired(now: Json, account: Resource) -> Json:
    return {"detector": "ours"} if now["detector"] == "none" else now


def write(aws: Session, account: Resource, now: Json, then: Json) -> None:
    guardduty = aws.client("guardduty")
    if then["detector"] == "ours" and now["detector"] == "none":
        guardduty.create_detector(Enable=True, FindingPublishingFrequency="FIFTEEN_MINUTES", Tags={TAG: aws.incident})
    elif then["detector"] == "none":
        for each in [each for each, incident in detectors(aws) if incident == aws.incident]:
            guardduty.delete_detector(DetectorId=each)


remediation = Remediation(
    id="guardduty.restore_detector",
    title="Make a GuardDuty detector again",
    resource_type="AWS::Account",
    reads=("guardduty:GetDetector", "guardduty:ListDetectors"),
    writes=("guardduty:CreateDetector", "guardduty:DeleteDetector", "guardduty:TagResource"),
    impact=(
        "GuardDuty watches the region again, with the protection plans that AWS enables by default, and tells news of"
        " a finding every 15 minutes, at its usual cost. It is a new detector: findings, filters, trusted and threat"
        " lists, publishing destinations and members of the old one are lost, and an administrator account has to take"
        " it in again. It does not look back. The service-linked role must still be there: deleting a detector leaves"
        " it."
    ),
    confirm_undo="Undo deletes the new detector with its findings: threats in this region go unseen.",
    read=read,
    desired=desired,
    write=write,
)
