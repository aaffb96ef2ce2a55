"""The hub as people on call work in it: who they are, the ledger of a stage, and the engine as it is deployed there."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import typer
from botocore.exceptions import ClientError

from chalicelib import wiring
from chalicelib.catalogue import Catalogue, load
from chalicelib.directory import joined
from chalicelib.engine import Engine
from chalicelib.errors import Busy, CountermeasureError, UnknownIncident
from chalicelib.ledger import Ledger
from chalicelib.organization import Organization
from chalicelib.switch import MODE_PARAMETER
from chalicelib.table import Table
from chalicelib.wiring import Surroundings, utc_now
from cli.deployed import AWS_ERRORS, BadInput, Deployed, explained
from cli.show import plain
from infrastructure.names import mode_parameter, stack

DONE, FAILED, MISTYPED = 0, 1, 2
"""The exit codes of what people on call run."""


@dataclass(frozen=True, slots=True)
class Hub:
    """The ledger of one stage, and what is needed to read it: the whole catalogue, and every account by name."""

    to: Deployed
    ledger: Ledger
    topic: str
    catalogue: Catalogue
    organization: Organization


def attempted(stage: str, work: Callable[[], int]) -> int:
    """Do it and return its exit code; what went wrong becomes one line that says what to do."""
    try:
        return work()
    except (UnknownIncident, BadInput) as error:
        code, said = MISTYPED, str(error)
    except Busy as error:
        code, said = FAILED, f"{error}: try again in a moment"
    except CountermeasureError as error:
        code, said = FAILED, str(error)
    except AWS_ERRORS as error:
        code, said = FAILED, "; ".join(explained(error, stage))
    typer.echo(f"countermeasure: {plain(said, 1000)}", err=True)
    return code


def hub(to: Deployed) -> Hub:
    """Return the ledger of a stage, by the outputs of its stack. Raises BadInput."""
    outputs = _outputs(to)
    table = Table(to.client("dynamodb"), outputs["LedgerTable"])
    ours = to.organization
    if ours.asks_aws:
        ours = joined(ours, to.client("organizations"), table, utc_now)
    topic = ours.channels.topic or outputs["TopicArn"]
    return Hub(to, Ledger(table, utc_now), topic, load(), ours)


def engine(hub: Hub) -> Engine:
    """Return the engine as the functions have it: with their external id, their channels and their kill switch."""
    os.environ[MODE_PARAMETER] = mode_parameter(hub.to.stage)  # by this name the engine looks for its kill switch
    around = Surroundings(hub=hub.to.client)
    return wiring.deployed(hub.catalogue, hub.organization, around, table=hub.ledger.table.name, topic=hub.topic)


def caller(hub: Hub) -> str:
    """Return the ARN of whoever runs the command (STS GetCallerIdentity)."""
    return str(hub.to.client("sts").get_caller_identity()["Arn"])


def _outputs(to: Deployed) -> dict[str, str]:
    name = stack(to.stage)
    try:
        [found] = to.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        raise BadInput(f"there is no stack {name} in {to.region}: give --stage and --region") from error
    outputs = {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}
    for key in ("LedgerTable", "TopicArn"):
        if key not in outputs:
            raise BadInput(f"the stack {name} has no output {key}: deploy it anew, then try again")
    return outputs
