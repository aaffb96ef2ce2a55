"""The doctor's checks of what holds countermeasure back: the kill switch, exemptions, and rules that nobody knows."""

from __future__ import annotations

from chalicelib.model import Mode
from chalicelib.organization import unknown_rules
from chalicelib.switch import parsed
from cli.doctor_check import Check, Patient, fail, ok, warn
from infrastructure.names import mode_parameter


def kill_switch(patient: Patient) -> Check:
    """The kill switch is there, and holds nothing back."""
    to, name = patient.deployed, mode_parameter(patient.deployed.stage)
    client = to.client("ssm")
    reset = f"when it is over: countermeasure mode --stage {to.stage} enforce"
    try:
        value = client.get_parameter(Name=name)["Parameter"]["Value"]
    except client.exceptions.ParameterNotFound:
        return fail("kill switch", f"{name} is not there: everything waits for approval", "deploy the stage")
    told = parsed(value)
    if told is None:
        return warn("kill switch", f"{name} holds no mode ({value}): everything waits for approval", reset)
    mode, reason = told
    if mode < Mode.ENFORCE:
        return warn("kill switch", f"set to {mode.name.lower()}{f': {reason}' if reason else ''}", reset)
    return ok("kill switch", f"{name} lets everything go on")


def exemptions(patient: Patient) -> Check:
    """No exemption of organization.toml has expired."""
    ours = patient.deployed.organization
    over = ours.expired(patient.clock())
    if over:
        said = "; ".join(f"{each.rule} until {each.until}: {each.reason} ({each.owner})" for each in over)
        todo = "ask their owners: renew them in organization.toml, or take them out"
        return warn("exemptions", f"{len(over)} of {len(ours.exemptions)} no longer count: {said}", todo)
    return ok("exemptions", f"{len(ours.exemptions)}, none has expired")


def rules(patient: Patient) -> Check:
    """Every rule that organization.toml names is in the catalogue."""
    unknown = unknown_rules(patient.deployed.organization, patient.catalogue)
    if unknown:
        return fail("rules", f"organization.toml names rules that are not there: {', '.join(unknown)}",
                    "take the id from docs/catalogue.md")  # fmt: skip
    return ok("rules", f"{len(patient.catalogue.rules)}, and organization.toml names no other")
