"""Where moto's EC2 differs from AWS in what remediations rely on: groups, termination, tags; and what makes it slow."""

from __future__ import annotations

from typing import Any

from moto import settings
from moto.ec2.models import elastic_network_interfaces, instances
from moto.iam import access_control

# Typed as Any: what they hold is replaced.
Instance: Any = instances.Instance
NetworkInterface: Any = elastic_network_interfaces.NetworkInterface
IamRequest: Any = access_control.IAMRequestBase
Settings: Any = settings

_moto_terminate = Instance.terminate
_moto_group_set = NetworkInterface.group_set
_moto_check_action_permitted = IamRequest.check_action_permitted
_moto_load_default_amis = settings.ec2_load_default_amis


def apply() -> None:
    """Make this process's moto answer as AWS does; once more does no harm."""
    NetworkInterface.group_set = property(lambda interface: interface._group_set)
    Instance.security_groups = property(_primary_groups, _set_primary_groups)
    Instance.terminate = _terminate
    IamRequest.check_action_permitted = _check_action_permitted
    Settings.ec2_load_default_amis = _load_no_images


def take_back() -> None:
    """Make this process's moto answer as it does by itself."""
    NetworkInterface.group_set = _moto_group_set
    if "security_groups" in vars(Instance):
        del Instance.security_groups
    Instance.terminate = _moto_terminate
    IamRequest.check_action_permitted = _moto_check_action_permitted
    Settings.ec2_load_default_amis = _moto_load_default_amis


def _primary_groups(instance: Any) -> Any:
    """An instance's groups are those of its primary interface; moto keeps both apart and shows interfaces the union."""
    primary = getattr(instance, "nics", {}).get(0)
    return primary._group_set if primary else instance.__dict__.get("security_groups", [])


def _set_primary_groups(instance: Any, groups: Any) -> None:
    primary = getattr(instance, "nics", {}).get(0)
    if primary:
        primary._group_set = groups
    instance.__dict__["security_groups"] = groups


def _terminate(instance: Any) -> Any:
    """A terminated instance has no interfaces; moto leaves them attached."""
    state = _moto_terminate(instance)
    for interface in instance.nics.values():
        interface.instance = interface.attachment_id = None
        interface.status = "available"
    return state


def _check_action_permitted(request: Any, resource: str) -> None:
    """To create with tags needs `ec2:CreateTags` as well (EC2 User Guide, "Grant permission to tag resources")."""
    _moto_check_action_permitted(request, resource)
    action = request._action
    if action.startswith("ec2:") and any(key.startswith("TagSpecification") for key in request._data):
        request._action = "ec2:CreateTags"
        _moto_check_action_permitted(request, resource)
        request._action = action


def _load_no_images() -> bool:
    """An account has no images of its own; moto fills each region with 1,300 and their snapshots, in seconds."""
    return False
