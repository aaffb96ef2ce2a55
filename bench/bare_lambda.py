"""The floor: the fewest AWS calls that do the job of a case. No ledger, no checks, no notices: no product."""

import functools
import json
import os
from typing import Any

import boto3


def handler(event: dict[str, Any], context: object) -> None:
    detail = event["detail"]
    match event["source"]:
        case "aws.ec2":
            close(detail["requestParameters"]["groupId"])
        case "aws.securityhub":
            for finding in detail["findings"]:
                for resource in finding["Resources"]:
                    close(resource["Id"].rpartition("/")[2])
        case "aws.guardduty" if "instanceDetails" in detail["resource"]:
            cut_off(detail["resource"]["instanceDetails"]["instanceId"])
        case "aws.guardduty":
            key = detail["resource"]["accessKeyDetails"]
            client("iam").update_access_key(UserName=key["userName"], AccessKeyId=key["accessKeyId"], Status="Inactive")
        case "aws.cloudtrail":
            trail = detail["requestParameters"]["name"]
            if not client("cloudtrail").get_trail_status(Name=trail)["IsLogging"]:
                client("cloudtrail").start_logging(Name=trail)
        case "aws.signin":
            client("sns").publish(TopicArn=os.environ["TOPIC"], Subject="Root signed in", Message=json.dumps(event))


@functools.cache
def client(service: str) -> Any:
    return boto3.client(service, region_name="us-east-1")


def close(group: str) -> None:
    found = client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    opened = [
        {key: each[key] for key in ("IpProtocol", "FromPort", "ToPort") if key in each} | {"IpRanges": [source]}
        for each in found["IpPermissions"]
        for source in each["IpRanges"]
        if source["CidrIp"] == "0.0.0.0/0"
    ]
    if opened:
        client("ec2").revoke_security_group_ingress(GroupId=group, IpPermissions=opened)


def cut_off(instance: str) -> None:
    found = client("ec2").describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    for interface in found["NetworkInterfaces"]:
        client("ec2").modify_network_interface_attribute(
            NetworkInterfaceId=interface["NetworkInterfaceId"], Groups=[os.environ["ISOLATION_GROUP"]]
        )
