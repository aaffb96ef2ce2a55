"""The least of an event that says something: what coverage holds against the rules, without anything of an incident."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Event: TypeAlias = Mapping[str, Any]

ACCOUNT, REGION, WHEN = "111122223333", "eu-central-1", "2026-01-12T10:00:00Z"
_ROOM = {"account": ACCOUNT, "region": REGION, "time": WHEN, "id": "00000000-0000-0000-0000-000000000000"}


def finding(type_: str, resource: Mapping[str, Any], service: Mapping[str, Any]) -> Event:
    """Return a GuardDuty finding (EventBridge reference, "Amazon GuardDuty events")."""
    return {
        **_ROOM,
        "source": "aws.guardduty",
        "detail-type": "GuardDuty Finding",
        "detail": {
            "id": "0" * 32,
            "type": type_,
            "accountId": ACCOUNT,
            "region": REGION,
            "partition": "aws",
            "severity": 5,
            "resource": resource,
            "service": {"archived": False, "count": 1, **service},
        },
    }


def noncompliant(rule: str, resource_type: str) -> Event:
    """Return what AWS Config says when a resource no longer complies with a managed rule."""
    return {
        **_ROOM,
        "source": "aws.config",
        "detail-type": "Config Rules Compliance Change",
        "detail": {
            "messageType": "ComplianceChangeNotification",
            "configRuleName": rule,
            "resourceType": resource_type,
            "resourceId": ACCOUNT,
            "awsAccountId": ACCOUNT,
            "awsRegion": REGION,
            "newEvaluationResult": {"complianceType": "NON_COMPLIANT"},
        },
    }


def called(service: str, name: str, by: str = "IAMUser", **detail: Any) -> Event:
    """Return what CloudTrail says of a call that succeeded."""
    return {
        **_ROOM,
        "source": f"aws.{service}",
        "detail-type": "AWS API Call via CloudTrail",
        "detail": {
            "eventSource": f"{service}.amazonaws.com",
            "eventName": name,
            "eventType": "AwsApiCall",
            "readOnly": False,
            "userIdentity": {"type": by, "accountId": ACCOUNT},
            "requestParameters": {},
            **detail,
        },
    }


def signed_in(by: str) -> Event:
    """Return what CloudTrail says when somebody has signed in to the console."""
    said = called("signin", "ConsoleLogin", by, responseElements={"ConsoleLogin": "Success"})
    return {**said, "detail-type": "AWS Console Sign In via CloudTrail"}
