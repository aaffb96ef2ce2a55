"""A stage as people on call reach it with the command: its stack, its ledger, its kill switch, and who they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import boto3
from typer.testing import CliRunner, Result

from chalicelib.catalogue import Catalogue
from chalicelib.engine import Engine
from chalicelib.model import Incident, Mode
from chalicelib.organization import Channels
from cli.deployed import Deployed
from cli.main import app
from infrastructure.names import mode_parameter
from lab.organization import HUB, TABLE, Lab
from tests.deployment import EXTERNAL_ID, REGION, STAGE, Deployment, With
from tests.replaying import event, played

ME = f"arn:aws:sts::{HUB}:assumed-role/administrator/lab"
"""Who runs the command in the lab."""


@dataclass(frozen=True, slots=True)
class OnCall:
    """The stage, and what the deployed functions answered there."""

    deployment: Deployment
    lab: Lab
    catalogue: Catalogue

    @property
    def deployed(self) -> Deployed:
        """The stage in the lab's organization as it now is."""
        ours = replace(self.lab.organization, external_id="ssm:/countermeasure/external-id", channels=Channels())
        return Deployed(STAGE, REGION, ours, self.deployment.aws)

    def set_mode(self, mode: Mode, **more: Any) -> None:
        """Have every environment be so; `more` are fields of Environment."""
        told = self.lab.organization.environments
        changed = {name: replace(its, mode=mode, **more) for name, its in told.items()}
        self.lab.organization = replace(self.lab.organization, environments=changed)

    def happens(self, what: str | Mapping[str, Any]) -> Incident:
        """Answer an event of tests/events, or one as it is given, as the deployed functions do."""
        return played(self.lab, self.catalogue, event(what) if isinstance(what, str) else what)[1]

    def engine(self) -> Engine:
        return self.lab.engine(self.catalogue)

    def outcomes(self, incident: Incident) -> list[str]:
        return [change.outcome.value for change in self.engine().ledger.load(incident.id).changes]

    def run(self, *arguments: str, say: str = "") -> Result:
        return CliRunner().invoke(app, [*arguments, "--stage", STAGE], input=say)

    def lines(self, *arguments: str) -> list[dict[str, Any]]:
        """Return the JSON objects that a command prints."""
        result = self.run(*arguments, "--json")
        assert result.exit_code == 0, result.output
        return [json.loads(line) for line in result.stdout.splitlines()]


def on_call(lab: Lab, catalogue: Catalogue) -> OnCall:
    """Deploy the stage as far as the command reaches for it."""
    made = Deployment(lab, catalogue)
    outputs = {"LedgerTable": TABLE, "TopicArn": lab.organization.channels.topic}
    told = [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
    made.instead["cloudformation"] = With(None, describe_stacks=lambda *_, **__: {"Stacks": [{"Outputs": told}]})
    made.aws("ssm").put_parameter(Name=mode_parameter(STAGE), Value="enforce", Type="String")
    boto3.client("ssm").put_parameter(Name="/countermeasure/external-id", Value=EXTERNAL_ID, Type="SecureString")
    return OnCall(made, lab, catalogue)
