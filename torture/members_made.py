"""What the embedded AWS in a process of its own is asked: to answer requests, make resources, and show them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto.core.botocore_stubber import BotocoreStubber

from chalicelib.organization import Organization
from lab.network import tcp
from lab.organization import HUB, Lab

REGION = "eu-central-1"


def answers(lab: Lab) -> Mapping[str, Callable[..., Any]]:
    """Return what can be asked, by name."""
    stubber = BotocoreStubber()

    def http(method: str, url: str, headers: Mapping[str, str], body: Any) -> tuple[int, dict[str, str], bytes]:
        sent = HTTPHeaders()
        for name, value in headers.items():
            sent[name] = value
        request = AWSPreparedRequest(method=method, url=url, headers=sent, body=body, stream_output=False)
        answered = stubber.process_request(request)
        assert answered, f"{method} {url} is not simulated"
        status, said, text = answered
        return int(status), {name: str(value) for name, value in said.items()}, _bytes(text)

    def slack(method: str, arguments: Mapping[str, Any]) -> Any:
        return getattr(lab.slack, method)(**arguments)

    return {
        "http": http,
        "slack": slack,
        "posted": lambda: [post for post in lab.slack.posted if "thread_ts" not in post],
        "organization": lambda: _of(lab),
        "keys": lambda: tuple(lab.administrator(HUB)),
        "make": lambda kind, account, number: _MAKE[kind](lab, account, number),
        "open": lambda kind, account, id_: _OPEN[kind](lab, account, id_),
    }


def _of(lab: Lab) -> Organization:
    return lab.organization


def _group(lab: Lab, account: str, number: int) -> str:
    ec2 = lab.boto(account, REGION).client("ec2")
    made: str = ec2.create_security_group(GroupName=f"storm-{number}", Description="storm")["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=[tcp(22, "0.0.0.0/0"), tcp(443, "0.0.0.0/0")])
    return made


def _group_is_open(lab: Lab, account: str, group: str) -> bool:
    ec2 = lab.boto(account, REGION).client("ec2")
    rules: Sequence[Any] = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    return any(rule.get("FromPort") == 22 for rule in rules)


def _bucket(lab: Lab, account: str, number: int) -> str:
    s3 = lab.boto(account, REGION).client("s3")
    name = f"storm-{account}-{number:06}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    return name


def _bucket_is_open(lab: Lab, account: str, bucket: str) -> bool:
    s3 = lab.boto(account, REGION).client("s3")
    try:
        block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    except s3.exceptions.ClientError:
        return True
    return not all(block.values())


def _key(lab: Lab, account: str, number: int) -> str:
    iam = lab.boto(account, "us-east-1").client("iam")
    iam.create_user(UserName=f"storm-{number}")
    made: str = iam.create_access_key(UserName=f"storm-{number}")["AccessKey"]["AccessKeyId"]
    return f"{made} storm-{number}"


def _key_is_open(lab: Lab, account: str, key: str) -> bool:
    iam = lab.boto(account, "us-east-1").client("iam")
    id_, _, user = key.partition(" ")
    found = iam.list_access_keys(UserName=user)["AccessKeyMetadata"]
    return any(each["AccessKeyId"] == id_ and each["Status"] == "Active" for each in found)


_MAKE: Mapping[str, Callable[[Lab, str, int], str]] = {"group": _group, "bucket": _bucket, "key": _key}
_OPEN: Mapping[str, Callable[[Lab, str, str], bool]] = {
    "group": _group_is_open,
    "bucket": _bucket_is_open,
    "key": _key_is_open,
}


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else str(text).encode()
