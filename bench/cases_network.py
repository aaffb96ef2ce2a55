"""Cases of the network: a security group that is open to the world, and an instance that mines."""

from __future__ import annotations

from typing import Any

from bench.case import ACCOUNT, REGION, Case, Event, State, api_call, client, envelope, guardduty, user

ANYWHERE = "0.0.0.0/0"
OPEN = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": ANYWHERE}]}
WANTED = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
IMAGE = "ami-760aaa0f"


def _make_group() -> State:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[WANTED])
    return {"sg": group}


def _open_group(state: State) -> None:
    if _group_is_closed(state):
        client("ec2").authorize_security_group_ingress(GroupId=state["sg"], IpPermissions=[OPEN])


def _group_is_closed(state: State) -> bool:
    """Tell whether the world is out, and those who belong there are in."""
    group = client("ec2").describe_security_groups(GroupIds=[state["sg"]])["SecurityGroups"][0]
    let_in = {
        (each.get("FromPort"), source["CidrIp"]) for each in group["IpPermissions"] for source in each["IpRanges"]
    }
    return let_in == {(443, "10.0.0.0/8")}


def _group_opened(state: State) -> Event:
    parameters = {
        "groupId": state["sg"],
        "ipPermissions": {
            "items": [
                {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": {"items": [{"cidrIp": ANYWHERE}]}}
            ]
        },
    }
    more = {"requestParameters": parameters, "responseElements": {"_return": True}}
    detail = api_call("ec2", "AuthorizeSecurityGroupIngress", user("dev"), more)
    return envelope("aws.ec2", "AWS API Call via CloudTrail", detail)


def _group_found_open(state: State) -> Event:
    control = "security-control/EC2.19"
    finding = {
        "SchemaVersion": "2018-10-08",
        "Id": f"arn:aws:securityhub:{REGION}:{ACCOUNT}:{control}/finding/0",
        "ProductArn": f"arn:aws:securityhub:{REGION}::product/aws/securityhub",
        "GeneratorId": control,
        "AwsAccountId": ACCOUNT,
        "Region": REGION,
        "Types": ["Software and Configuration Checks/Industry and Regulatory Standards"],
        "CreatedAt": "2026-08-01T11:58:30.000Z",
        "UpdatedAt": "2026-08-01T11:58:30.000Z",
        "Severity": {"Label": "HIGH", "Normalized": 70},
        "Title": "Security groups should not allow unrestricted access to ports with high risk",
        "Description": "This control checks whether unrestricted incoming traffic is accessible to high-risk ports.",
        "Resources": [
            {
                "Type": "AwsEc2SecurityGroup",
                "Id": f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{state['sg']}",
                "Partition": "aws",
                "Region": REGION,
            }
        ],
        "Compliance": {"Status": "FAILED", "SecurityControlId": "EC2.19"},
        "Workflow": {"Status": "NEW"},
        "RecordState": "ACTIVE",
    }
    return envelope("aws.securityhub", "Security Hub Findings - Imported", {"findings": [finding]})


def _make_instance() -> State:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.2.1.0/24")["Subnet"]["SubnetId"]
    groups = {
        name: ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        for name in ("app", "isolation")
    }
    ec2.revoke_security_group_egress(
        GroupId=groups["isolation"], IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": ANYWHERE}]}]
    )
    run = {"ImageId": IMAGE, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
    made = ec2.run_instances(**run, SubnetId=subnet, SecurityGroupIds=[groups["app"]])["Instances"][0]
    return {
        "iid": made["InstanceId"],
        "eni": made["NetworkInterfaces"][0]["NetworkInterfaceId"],
        "vpc": vpc,
        "subnet": subnet,
        "app": groups["app"],
        "iso": groups["isolation"],
        "groups": groups["app"],
    }


def _make_instance_of_two_groups() -> State:
    state = _make_instance()
    second = client("ec2").create_security_group(GroupName="db-client", Description="db", VpcId=state["vpc"])["GroupId"]
    return {**state, "groups": f"{state['app']} {second}"}


def _connect(state: State) -> None:
    """Give the instance its groups back, and take away the evidence of the event before: it is none of the next."""
    ec2, groups = client("ec2"), state["groups"].split()
    ec2.modify_network_interface_attribute(NetworkInterfaceId=state["eni"], Groups=groups)
    ec2.modify_instance_attribute(InstanceId=state["iid"], Groups=groups)
    for snapshot in ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]:
        ec2.delete_snapshot(SnapshotId=snapshot["SnapshotId"])


def _is_cut_off(state: State) -> bool:
    """Tell whether every group of the interface lets nothing through.

    moto lists an interface's groups with those of its instance; only the `group-id` filter knows the interface's own.
    """
    ec2 = client("ec2")
    of_vpc: list[dict[str, Any]] = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [state["vpc"]]}])[
        "SecurityGroups"
    ]
    own = [group for group in of_vpc if _has(state["eni"], group["GroupId"])]
    passable = [group for group in own if group["IpPermissions"] or group["IpPermissionsEgress"]]
    return bool(own) and not passable


def _has(interface: str, group: str) -> bool:
    """Tell whether an interface has a group."""
    wanted = {"network-interface-id": interface, "group-id": group}
    filters = [{"Name": name, "Values": [value]} for name, value in wanted.items()]
    return bool(client("ec2").describe_network_interfaces(Filters=filters)["NetworkInterfaces"])


def _instance_mines(state: State) -> Event:
    interface = {
        "networkInterfaceId": state["eni"],
        "vpcId": state["vpc"],
        "subnetId": state["subnet"],
        "securityGroups": [{"groupId": state["app"], "groupName": "app"}],
    }
    details = {"instanceId": state["iid"], "instanceType": "t3.micro", "networkInterfaces": [interface]}
    asked = {"domain": "pool.example.com", "protocol": "UDP", "blocked": False}
    return guardduty(
        "CryptoCurrency:EC2/BitcoinTool.B!DNS",
        8,
        {"resourceType": "Instance", "instanceDetails": details},
        {"actionType": "DNS_REQUEST", "dnsRequestAction": asked},
    )


CLOSING = frozenset({"ec2:RevokeSecurityGroupIngress"})
CUTTING_OFF = frozenset({"ec2:ModifyNetworkInterfaceAttribute", "ec2:ModifyInstanceAttribute"})
EVIDENCE = frozenset({"ec2:CreateSnapshots", "ec2:DescribeInstances", "ec2:DescribeSnapshots"})
"""The calls that only a snapshot of the disks needs: who cuts an instance off asks for its network interfaces."""

CASES = (
    Case(
        name="sg_open",
        title="Security group opened to the world (CloudTrail)",
        make=_make_group,
        spoil=_open_group,
        event=_group_opened,
        fixed=_group_is_closed,
        contains=CLOSING,
    ),
    Case(
        name="hub_sg",
        title="Security group found open (Security Hub)",
        make=_make_group,
        spoil=_open_group,
        event=_group_found_open,
        fixed=_group_is_closed,
        contains=CLOSING,
    ),
    Case(
        name="gd_ec2",
        title="Instance mines (GuardDuty)",
        make=_make_instance,
        spoil=_connect,
        event=_instance_mines,
        fixed=_is_cut_off,
        contains=CUTTING_OFF,
        beyond=EVIDENCE,
    ),
    Case(
        name="gd_ec2_2sg",
        title="Instance of two groups mines (GuardDuty)",
        make=_make_instance_of_two_groups,
        spoil=_connect,
        event=_instance_mines,
        fixed=_is_cut_off,
        contains=CUTTING_OFF,
        beyond=EVIDENCE,
    ),
)
