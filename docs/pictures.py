"""Take the pictures of docs/pictures: what on-call sees in Slack, from the very blocks that are sent, and a report.

Run `python -m docs.pictures`. It needs Playwright (`pip install playwright`) and a Chromium: one that is installed, or
Playwright's own (`playwright install chromium`).
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from contextlib import chdir, redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from chalicelib.catalogue import Catalogue, load
from chalicelib.decision import Action
from chalicelib.model import Actor, Call, Ceiling, Change, Finding, Incident, Mode, Outcome, Resource, Response
from chalicelib.notify import Kind, Notice, compose
from chalicelib.notify.buttons import DETAILS
from chalicelib.notify.notice import Asked, Button, DecisionLine
from chalicelib.notify.slack_blocks import render
from docs.blockkit import page

PICTURES = Path(__file__).parent / "pictures"
PEOPLE = {"U0EXAMPLE1": "jane", "U0EXAMPLE2": "alan"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

ACCOUNT, REGION = "777788889999", "eu-west-1"
INSTANCE = Resource("AWS::EC2::Instance", "i-0a1b2c3d4e5f60718", ACCOUNT, REGION)
KEY = Resource("AWS::IAM::AccessKey", "AKIAIOSFODNN7EXAMPLE", ACCOUNT, "us-east-1", details={"user": "deploy-bot"})
CALLER = Actor(
    arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/shop-web/i-0a1b2c3d4e5f60718",
    ip="198.51.100.7",
    user_agent="aws-cli/2.15.0",
    mfa="no",
)
ALWAYS = (Button(Action.ACKNOWLEDGE), Button(Action.SNOOZE), Button(Action.ESCALATE), Button(DETAILS))


def main() -> None:
    """Write one PNG per notice."""
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only this script needs it
    except ImportError:
        sys.exit("docs.pictures needs Playwright and a Chromium: pip install playwright; playwright install chromium")
    installed = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=installed, args=["--no-sandbox"])
        except Exception as error:  # noqa: BLE001 - whatever it was, the way out is the same
            sys.exit(f"docs.pictures found no Chromium that starts: playwright install chromium. ({error})")
        view = browser.new_page(viewport={"width": 924, "height": 400}, device_scale_factor=1.5)
        for name, notice in notices(load()).items():
            view.set_content(page([render(notice, interactive=True)], PEOPLE))
            view.screenshot(path=str(PICTURES / f"{name}.png"), full_page=True)
        with TemporaryDirectory() as folder, chdir(folder):
            desk = browser.new_page(viewport={"width": 960, "height": 1040})
            desk.goto(report().resolve().as_uri())
            desk.screenshot(path=str(PICTURES / "report.png"))
        browser.close()


def report() -> Path:
    """Run the demo here, and return its report of a trail that was stopped in production: a person approved."""
    from cli import demo  # noqa: PLC0415 - starts the embedded AWS

    with redirect_stdout(StringIO()):
        demo.run()
    return next(demo.REPORTS.glob("incident-3-*.html"))


def notices(catalogue: Catalogue) -> Mapping[str, Notice]:
    """Return a notice for each picture, by its name: what waits in production, what is contained, what failed."""
    return {"approval": approval(catalogue), "contained": contained(catalogue), "failed": failed(catalogue)}


def approval(catalogue: Catalogue) -> Notice:
    """An instance of production talks to a command-and-control server: isolation waits for a second person."""
    ceiling = Ceiling("environment", Mode.APPROVE, "The environment prod asks people to approve every change.")
    snapshot = _change("ec2.snapshot_volumes", Outcome.CONTAINED, None, "snapshotted")
    before, after = ({"vpc-0a1b2c3d": {"eni-0f1e2d3c": groups}} for groups in (["sg-0web"], ["quarantine"]))
    isolate = _change("ec2.isolate_instance", Outcome.AWAITING, before, after)
    ask = "Isolate i-0a1b2c3d4e5f60718: eni-0f1e2d3c goes from sg-0web to quarantine."
    asked = Asked(
        buttons=(Button(Action.APPROVE, "0f" * 16, ask), Button(Action.DENY, "0f" * 16), *ALWAYS),
        expires="2025-11-03T04:04:22+00:00",
        needed=2,
        approved_by=("slack:U0EXAMPLE1",),
        decisions=(
            DecisionLine("2025-11-03T03:06:10+00:00", "slack:U0EXAMPLE1", "approve", "", "one more must approve"),
        ),
    )
    incident = _incident(catalogue, "guardduty.ec2_command_and_control", (snapshot, isolate), (ceiling,))
    return _notice(catalogue, incident, asked)


def contained(catalogue: Catalogue) -> Notice:
    """A key is published: it is disabled at once."""
    disabled = replace(_change("iam.disable_access_key", Outcome.CONTAINED, "Active", "Inactive"), resource=KEY)
    incident = _incident(catalogue, "health.access_key_exposed", (disabled,))
    finding = replace(
        incident.finding,
        source="health",
        type="AWS_RISK_CREDENTIALS_EXPOSED",
        id="arn:aws:health:us-east-1::event/RISK/AWS_RISK_CREDENTIALS_EXPOSED/EXAMPLE",
        region="us-east-1",
        resources=(KEY,),
        actor=None,
    )
    asked = Asked(buttons=(Button(Action.UNDO, "0f" * 16), *ALWAYS[1:]), acknowledged_by="slack:U0EXAMPLE2")
    return _notice(catalogue, replace(incident, finding=finding, count=1), asked)


def failed(catalogue: Catalogue) -> Notice:
    """An instance mines: its volumes could not be snapshotted, and it is isolated all the same."""
    refused = "UnauthorizedOperation: ec2:CreateSnapshots. Check that the member template is deployed there."
    snapshot = replace(_change("ec2.snapshot_volumes", Outcome.FAILED, None, "snapshotted"), reason=refused)
    groups = {"eni-0f1e2d3c": ["sg-0web"], "eni-0a9b8c7d": ["sg-0db"]}
    before, after = ({"vpc-0a1b2c3d": own} for own in (groups, {eni: ["quarantine"] for eni in groups}))
    isolate = _change("ec2.isolate_instance", Outcome.CONTAINED, before, after)
    incident = _incident(catalogue, "guardduty.ec2_mining_cryptocurrency", (snapshot, isolate))
    return _notice(catalogue, incident, Asked(buttons=(Button(Action.UNDO, "0f" * 16), *ALWAYS)))


def _change(remediation: str, outcome: Outcome, before: object, after: object) -> Change:
    return Change(
        id=remediation,
        incident="inc-4f0c1d2e3b5a",
        finding="f",
        rule="r",
        remediation=remediation,
        resource=INSTANCE,
        mode=Mode.ENFORCE,
        outcome=outcome,
        before=before,
        after=after,
        calls=(Call("ec2:ModifyNetworkInterfaceAttribute", {}),) if outcome is Outcome.CONTAINED else (),
    )


def _incident(
    catalogue: Catalogue, rule: str, changes: tuple[Change, ...], ceilings: tuple[Ceiling, ...] = ()
) -> Incident:
    ours = catalogue.rules[rule]
    finding = Finding(
        id="b8c1d2e3f4a5968778695a4b3c2d1e0f",
        revision="1",
        source="guardduty",
        type="CryptoCurrency:EC2/BitcoinTool.B!DNS" if "mining" in rule else "Backdoor:EC2/C&CActivity.B!DNS",
        title=ours.title,
        description="",
        severity=ours.severity,
        account=ACCOUNT,
        region=REGION,
        first_seen="2025-11-03T02:41:10+00:00",
        last_seen="2025-11-03T03:04:22+00:00",
        event={},
        resources=(INSTANCE,),
        actor=CALLER,
    )
    response = Response(ours, changes, Mode.ENFORCE, ceilings)
    return Incident("inc-4f0c1d2e3b5a", finding, (response,), count=3)


def _notice(catalogue: Catalogue, incident: Incident, asked: Asked) -> Notice:
    return compose(
        incident,
        remediations=catalogue.remediations,
        account_name="shop-prod",
        environment="prod",
        kind=Kind.INCIDENT,
        notice_id="picture",
        at="2025-11-03T03:04:30+00:00",
        asked=asked,
    )


if __name__ == "__main__":
    main()
