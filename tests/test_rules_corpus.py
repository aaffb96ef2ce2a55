"""Where others judged published events of sign-in and tampering, our rules agree; skipped where there are none."""

import csv
import os
from pathlib import Path

import pytest

from chalicelib.catalogue import load
from cli.intake import read

CORPUS = Path(os.environ.get("COUNTERMEASURE_CORPUS", Path(__file__).parents[2] / "shared" / "corpus"))
CATALOGUE = load("rules", "remediations")

TRAIL = {f"cloudtrail.trail_{what}" for what in ("logging_stopped", "deleted", "narrowed", "changed")}
CONFIG = {f"cloudtrail.{what}" for what in ("recorder_stopped", "recorder_deleted", "config_weakened")}
GUARDDUTY = {f"cloudtrail.detector_{what}" for what in ("disabled", "deleted", "plan_disabled", "weakened")}
TAMPERING = TRAIL | CONFIG | GUARDDUTY | {"cloudtrail.flow_logs_deleted", "cloudtrail.account_safeguard_removed"}
NETWORK = {"cloudtrail.network_changed", "cloudtrail.internet_route_added", "cloudtrail.network_joined"}
ROOT = {"cloudtrail.root_api_use", "signin.root_login"}

# Others' rule -> ours: one of them fires where theirs does, none where theirs does not.
OURS = {
    "AWS.CloudTrail.NetworkACLPermissiveEntry": {"cloudtrail.network_acl_opened"},
    "AWS.CloudTrail.RootAccessKeyCreated": {"cloudtrail.root_access_key_created"},
    "AWS.CloudTrail.RootActivity": ROOT,
    "AWS.CloudTrail.RootPasswordChanged": {"signin.root_password_changed"},
    "AWS.CloudTrail.SecurityConfigurationChange": TAMPERING,
    "AWS.CloudTrail.SnapshotMadePublic": {"cloudtrail.snapshot_made_public", "cloudtrail.disk_shared"},
    "AWS.CloudTrail.ShortLifecycle": {"cloudtrail.trail_logs_expire_early"},
    "AWS.CloudTrail.Stopped": TRAIL,
    "AWS.ConfigService.DisabledDeleted": CONFIG,
    "AWS.Console.GetSigninToken.Abuse": {"signin.console_token_minted"},
    "AWS.Console.LoginWithoutMFA": {"signin.login_without_mfa", "signin.root_login"},
    "AWS.Console.RootLogin": {"signin.root_login"},
    "AWS.Console.RootLoginFailed": {"signin.root_login_failed"},
    "AWS.EC2.GatewayModified": NETWORK,
    "AWS.EC2.RouteTableModified": NETWORK,
    "AWS.EC2.VPCModified": NETWORK,
    "AWS.Macie.Evasion": {"cloudtrail.macie_disabled", "cloudtrail.macie_weakened", "cloudtrail.findings_hidden"},
    "AWS.Root.Activity": ROOT,
    "AWS.SecurityHub.Finding.Evasion": {"cloudtrail.findings_hidden"},
    "AWS.Suspicious.SAML.Activity": {"cloudtrail.identity_provider_added", "cloudtrail.identity_provider_changed"},
    "AWS.Unsuccessful.MFA.attempt": {"signin.login_failed_at_mfa"},
    "cloudtrail_put_bucket_acl": {"cloudtrail.bucket_opened"},
    "cloudtrail_root_account_usage": ROOT,
    "cloudtrail_security_group_ingress_anywhere": {"cloudtrail.security_group_opened"},
    "cloudtrail_snapshot_or_ami_made_public": {
        "cloudtrail.database_snapshot_made_public",
        "cloudtrail.image_made_public",
        "cloudtrail.snapshot_made_public",
    },
}
# Others' rules about sign-in and tampering that none of ours answers to, and why.
NOT_OURS = {
    "AWS.CloudTrail.Created": "a new trail takes nothing away",
    "AWS.CloudTrail.UserAccessKeyAuth": "any use of any access key",
    "AWS.ConfigService.Created": "told of all the same: a delivery channel may be pointed elsewhere",
    "AWS.Console.Login": "an ordinary sign-in",
    "AWS.Console.Sign-In": "an ordinary sign-in",
    "AWS.EC2.ManualSecurityGroupChange": "any change by hand, open to the world or not",
    "AWS.RDS.SecurityGroupIngressAuthorized": "DB security groups went with EC2-Classic",
    "Standard.BruteForceByIP": "one failed sign-in: it takes counting",
    "Standard.ImpossibleTravel.Login": "it takes the sign-ins before",
    "Standard.SignInFromRogueState": "it takes a map of addresses",
}
# Calls that take detection or protection away: whoever judged the event, a call that succeeded is told of.
TAMPER_CALLS = {
    ("cloudtrail.amazonaws.com", "DeleteTrail"),
    ("cloudtrail.amazonaws.com", "PutEventSelectors"),
    ("cloudtrail.amazonaws.com", "StopLogging"),
    ("cloudtrail.amazonaws.com", "UpdateTrail"),
    ("config.amazonaws.com", "DeleteConfigurationRecorder"),
    ("config.amazonaws.com", "DeleteDeliveryChannel"),
    ("config.amazonaws.com", "StopConfigurationRecorder"),
    ("ec2.amazonaws.com", "DeleteFlowLogs"),
    ("guardduty.amazonaws.com", "CreateIPSet"),
    ("guardduty.amazonaws.com", "DeleteDetector"),
    ("securityhub.amazonaws.com", "BatchDisableStandards"),
    ("securityhub.amazonaws.com", "DeleteInsight"),
    ("securityhub.amazonaws.com", "DisableSecurityHub"),
    ("securityhub.amazonaws.com", "UpdateFindings"),
}


@pytest.fixture(scope="module")
def judged():
    """Yield (file, event, others' verdicts) for every published CloudTrail event."""
    index = CORPUS / "INDEX.tsv"
    if not index.exists():
        pytest.skip(f"no corpus of published events at {CORPUS}: set COUNTERMEASURE_CORPUS")
    with index.open() as rows:
        found = [
            (row["file"], item.event, verdicts(row["expected"]))
            for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)
            if row["source kind"].startswith("cloudtrail")
            for item in read(str(CORPUS / row["file"]))
            if item.event
        ]
    assert len(found) > 100
    return found


def verdicts(expected):
    """Return their rule -> whether it fires: `A.B=True; C.D=False`, or `streamalert trigger_rules=a,b`."""
    if "trigger_rules=" in expected:
        return {name: True for name in expected.split("trigger_rules=")[1].split(",") if name != "(none)"}
    pairs = (pair.strip().partition("=") for pair in expected.split(";") if "=" in pair)
    return {name: verdict.lower() == "true" for name, _, verdict in pairs}


def fired(event):
    return {rule.id for rule in CATALOGUE.match(event)}


def test_our_rules_fire_where_theirs_do_and_nowhere_else(judged):
    differ = [
        (file, theirs, verdict, sorted(fired(event)))
        for file, event, said in judged
        for theirs, verdict in said.items()
        if theirs in OURS and bool(fired(event) & OURS[theirs]) != verdict
    ]
    assert differ == []


def test_every_judgement_of_a_sign_in_is_ours_too_or_we_say_why_not(judged):
    theirs = {name for file, _, said in judged if file.startswith("cloudtrail-signin/") for name in said}
    assert theirs - set(OURS) - set(NOT_OURS) == set()
    assert not set(OURS) & set(NOT_OURS)


def test_a_failed_call_fires_nothing(judged):
    assert [
        (file, fired(event)) for file, event, _ in judged if event["detail"].get("errorCode") and fired(event)
    ] == []


def test_a_call_that_takes_detection_away_is_told_of(judged):
    silent = [
        file
        for file, event, _ in judged
        if (event["detail"].get("eventSource"), event["detail"].get("eventName")) in TAMPER_CALLS
        and not event["detail"].get("errorCode")
        and not fired(event)
    ]
    assert silent == []


def test_a_root_sign_in_is_always_told_of(judged):
    silent = [
        file
        for file, event, _ in judged
        if event["detail"].get("eventName") == "ConsoleLogin"
        and (event["detail"].get("userIdentity") or {}).get("type") == "Root"
        and not fired(event) & {"signin.root_login", "signin.root_login_failed"}
    ]
    assert silent == []
