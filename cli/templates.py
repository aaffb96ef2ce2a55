"""Print what is deployed: the templates of hub, members and log archive, and the service control policy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from chalicelib.catalogue import load
from chalicelib.errors import CountermeasureError
from chalicelib.organization import Organization, read, refuse_unknown_rules
from infrastructure import evidence, member, scp

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for: `hub`, `member`, `scp` or `evidence`; for which stage; the SCP with a region lock."""

    which: str
    stage: str
    organization: str
    region_lock: bool = False


def run(wishes: Wishes) -> int:
    """Print the JSON, and on standard error what to mind; return 0. Raises CountermeasureError."""
    organization = read(Path(wishes.organization))
    if wishes.which in {"hub", "member"}:
        refuse_unknown_rules(organization, load())
    match wishes.which:
        case "hub":
            typer.echo(json.dumps(_hub(organization, wishes.stage), indent=2))
        case "member":
            printed = _tight(member.template(load(), organization, wishes.stage))
            typer.echo(printed)
            typer.echo(_advice(organization, len(printed.encode())), err=True)
        case "evidence":
            typer.echo(json.dumps(evidence.template(organization, wishes.stage), indent=2))
        case _:
            typer.echo(scp.text(scp.policy(organization, wishes.region_lock)))
    return 0


def _hub(organization: Organization, stage: str) -> dict[str, Any]:
    stages = ROOT / ".chalice" / "config.json"
    if not stages.is_file():
        raise CountermeasureError("the hub's template is made from a checkout: there is no .chalice/config.json here")
    if stage not in json.loads(stages.read_text(encoding="utf-8"))["stages"]:
        raise CountermeasureError(f"{stage}: .chalice/config.json has no such stage")
    from infrastructure.packaged import template  # noqa: PLC0415 - loads Chalice's packager and app.py

    return template(ROOT, load(), organization, stage)


def _tight(template: Mapping[str, Any]) -> str:
    """Return a template in JSON, each resource on a line of its own: blanks count against CloudFormation's limit."""
    told = {key: value for key, value in template.items() if key != "Resources"}
    lines = (f"{json.dumps(name)}:{_json(each)}" for name, each in template["Resources"].items())
    return f'{_json(told)[:-1]},"Resources":{{\n' + ",\n".join(lines) + "\n}}"


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _advice(organization: Organization, size: int) -> str:
    """Return where to deploy the member template, and what would make members refuse the hub."""
    said = f"Deploy it to every account in {', '.join(sorted(organization.heard_in))}; in the management account, which"
    said += " a service-managed StackSet leaves out, as a stack."
    if size > member.TEMPLATE_LIMIT:
        said += (
            f"\nIt has {size:,} bytes, and CloudFormation takes {member.TEMPLATE_LIMIT:,} as text: copy it into an S3"
            " bucket, and give its address as --template-url in place of --template-body."
        )
    if not organization.external_id:
        said += (
            "\nMembers will refuse the hub: organization.external_id is empty. Keep a long random text as an SSM"
            ' SecureString in the hub, name it (external_id = "ssm:/countermeasure/external-id"), and give the same'
            " text as the parameter ExternalId."
        )
    return said
