"""With whom a snapshot is shared: the attribute `restore`, in which `all` stands for everybody (RDS API reference)."""

from __future__ import annotations

from chalicelib.model import Json, Resource, State


def sharing(attributes: Json) -> State:
    """Return `{"public": bool}`: whether everybody may copy and restore it."""
    values = [each["AttributeValues"] for each in attributes if each["AttributeName"] == "restore"]
    return {"public": any("all" in each for each in values)}


def desired(now: State, snapshot: Resource) -> State:
    return {"public": False}


def change(then: State) -> Json:
    """Return what ModifyDB(Cluster)SnapshotAttribute takes beside the snapshot to bring it there."""
    return {"AttributeName": "restore", "ValuesToAdd" if then["public"] else "ValuesToRemove": ["all"]}
