"""Take every Elastic IP address off an instance, so that nobody reaches it by an address that is known outside."""

from __future__ import annotations

from botocore.exceptions import ClientError

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.ec2.instances import described


def read(aws: Session, instance: Resource) -> Json:
    """Return `{"eipalloc-...": {"interface": "eni-...", "address": "10.0.0.5"}}` for each of its Elastic IPs."""
    return {
        each["AllocationId"]: {"interface": each["NetworkInterfaceId"], "address": each["PrivateIpAddress"]}
        for each in associated(aws, instance)
    }


def associated(aws: Session, instance: Resource) -> list[Json]:
    """Return the instance's Elastic IPs, on whichever of its interfaces. DescribeAddresses has no pages."""
    own = [each["NetworkInterfaceId"] for each in described(aws, instance)["NetworkInterfaces"]]
    filters = [{"Name": "network-interface-id", "Values": own}]
    return list(aws.client("ec2").describe_addresses(Filters=filters)["Addresses"])


def desired(now: Json, instance: Resource) -> Json:
    return {}


def write(aws: Session, instance: Resource, now: Json, then: Json) -> None:
    ec2 = aws.client("ec2")
    unwanted = {allocation for allocation, place in now.items() if then.get(allocation) != place}
    for each in associated(aws, instance) if unwanted else ():
        if each["AllocationId"] in unwanted:
            release(ec2, each["AssociationId"])
    for allocation, place in then.items():
        if now.get(allocation) != place:
            ec2.associate_address(
                AllocationId=allocation,
                NetworkInterfaceId=place["interface"],
                PrivateIpAddress=place["address"],
                AllowReassociation=False,  # never take an address off something that got it meanwhile
            )


def release(ec2: Json, association: str) -> None:
    """Disassociate the address; one that somebody has disassociated is as it should be."""
    try:
        ec2.disassociate_address(AssociationId=association)
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidAssociationID.NotFound":
            raise


remediation = Remediation(
    id="ec2.detach_elastic_ip",
    title="Take the Elastic IP addresses off an EC2 instance",
    resource_type="AWS::EC2::Instance",
    reads=("ec2:DescribeInstances", "ec2:DescribeAddresses"),
    writes=("ec2:DisassociateAddress", "ec2:AssociateAddress"),
    pin=(
        "arn:{partition}:ec2:{region}:{account}:elastic-ip/*",
        "arn:{partition}:ec2:{region}:{account}:instance/{id}",
        "arn:{partition}:ec2:{region}:{account}:network-interface/*",
    ),
    impact=(
        "Whoever knows the instance by these addresses, and DNS names that point to them, no longer reach it, and open"
        " connections through them end. The addresses stay allocated, at their usual cost. A public address that EC2"
        " itself assigned stays, and EC2 may assign one now where the subnet does so; load balancers, NAT gateways,"
        " IPv6 and private ways in and out stay. Undo fails where an address or its place was given away meanwhile."
    ),
    read=read,
    desired=desired,
    write=write,
)
