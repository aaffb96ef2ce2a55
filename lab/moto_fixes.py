"""Where moto's EC2 differs from AWS in what remediations rely on: groups, termination, permissions, metadata."""

from __future__ import annotations

from typing import Any

from moto import settings
from moto.ec2.exceptions import InvalidAMIIdError, UnvailableAMIIdError
from moto.ec2.models import amis, elastic_network_interfaces, instances
from moto.iam import access_control

# Typed as Any: what they hold is replaced.
Instance: Any = instances.Instance
NetworkInterface: Any = elastic_network_interfaces.NetworkInterface
IamRequest: Any = access_control.IAMRequestBase
AmiBackend: Any = amis.AmiBackend
InstanceBackend: Any = instances.InstanceBackend
Settings: Any = settings

_moto_terminate = Instance.terminate
_moto_group_set = NetworkInterface.group_set
_moto_check_action_permitted = IamRequest.check_action_permitted
_moto_load_default_amis = settings.ec2_load_default_amis
_moto_image_attribute = AmiBackend.describe_image_attribute
_moto_metadata_options = InstanceBackend.modify_instance_metadata_options

ALSO_NEEDED = {
    "ec2:AssociateIamInstanceProfile": "iam:PassRole",
    "ec2:CreateFlowLogs": "logs:CreateLogDelivery",
    "ec2:DeleteFlowLogs": "logs:DeleteLogDelivery",
}
"""What a call needs beside its own action (EC2 User Guide, "Attach an IAM role to an instance"; VPC User Guide,
"Publish flow logs to Amazon S3")."""


def apply() -> None:
    """Make this process's moto answer as AWS does; once more does no harm."""
    NetworkInterface.group_set = property(lambda interface: interface._group_set)
    Instance.security_groups = property(_primary_groups, _set_primary_groups)
    Instance.terminate = _terminate
    IamRequest.check_action_permitted = _check_action_permitted
    AmiBackend.describe_image_attribute = _describe_image_attribute
    InstanceBackend.modify_instance_metadata_options = _modify_metadata_options
    Settings.ec2_load_default_amis = _load_no_images


def take_back() -> None:
    """Make this process's moto answer as it does by itself."""
    NetworkInterface.group_set = _moto_group_set
    if "security_groups" in vars(Instance):
        del Instance.security_groups
    Instance.terminate = _moto_terminate
    IamRequest.check_action_permitted = _moto_check_action_permitted
    AmiBackend.describe_image_attribute = _moto_image_attribute
    InstanceBackend.modify_instance_metadata_options = _moto_metadata_options
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
    action = request._action
    also = [ALSO_NEEDED[action]] if action in ALSO_NEEDED else []
    if action.startswith("ec2:") and any(key.startswith("TagSpecification") for key in request._data):
        also.append("ec2:CreateTags")
    if action == "ec2:CreateFlowLogs" and "DeliverLogsPermissionArn" in request._data:
        also.append("iam:PassRole")
    for each in (action, *also):
        request._action = each
        _moto_check_action_permitted(request, resource)
    request._action = action


def _modify_metadata_options(backend: Any, instance_id: str, **change: Any) -> Any:
    """What a call does not name stays as it is; moto forgets it."""
    options = backend.get_instance(instance_id).metadata_options
    now = {
        "http_tokens": options.http_tokens,
        "hop_limit": options.http_put_response_hop_limit,
        "http_endpoint": options.http_endpoint,
        "http_protocol": options.http_protocol_ipv6,
        "metadata_tags": options.instance_metadata_tags,
    }
    named = {name: value for name, value in change.items() if value is not None}
    return _moto_metadata_options(backend, instance_id, **{**now, **named})


def _describe_image_attribute(backend: Any, ami_id: str, attribute_name: str) -> Any:
    """EC2 says that an image is deregistered, or unknown; moto breaks down."""
    if ami_id in backend.deleted_amis:
        raise UnvailableAMIIdError(ami_id)
    if ami_id not in backend.amis:
        raise InvalidAMIIdError(ami_id)
    return _moto_image_attribute(backend, ami_id, attribute_name)


def _load_no_images() -> bool:
    """An account has no images of its own; moto fills each region with 1,300 and their snapshots, in seconds."""
    return False
