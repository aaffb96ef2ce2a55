"""Events are read in whatever form people have them; what cannot be read is one clear line, and the rest goes on."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import socket
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.errors import MalformedEvent, NotSecurityEvent
from chalicelib.findings import parse
from chalicelib.model import Finding
from cli import intake
from cli.intake import DEPTH, LIMIT, Item, load, read
from tests.test_findings_cloudtrail import STOP, signin
from tests.test_findings_guardduty import EVENT as GUARDDUTY
from tests.test_findings_securityhub import ASFF, OCSF, UID, imported
from tests.test_findings_sources import ANALYZER, CONFIG, HEALTH, INSPECTOR, MACIE

RECORD = STOP["detail"]
GUARDDUTY_API = {
    "SchemaVersion": "2.0",
    "AccountId": "111122223333",
    "Arn": "arn:aws:guardduty:eu-west-1:111122223333:detector/12ab/finding/16af",
    "Id": "16afba5c5c43e07c9e3e5e2e544e95df",
    "Region": "eu-west-1",
    "Partition": "aws",
    "Type": "UnauthorizedAccess:IAMUser/TorIPCaller",
    "Title": "The API was invoked from a Tor exit node.",
    "Severity": 5,
    "UpdatedAt": "2026-01-02T03:50:00.000Z",
    "Resource": {
        "ResourceType": "S3Bucket",
        "S3BucketDetails": [{"Name": "data-1", "Arn": "arn:aws:s3:::data-1"}],
        "AccessKeyDetails": {
            "AccessKeyId": "AKIAIOSFODNN7EXAMPLE",
            "UserName": "alice",
            "UserType": "IAMUser",
            "PrincipalId": "AIDACKCEVSQ6C2EXAMPLE",
        },
    },
    "Service": {
        "Archived": False,
        "Count": 2,
        "AdditionalInfo": {"Value": "{}", "Type": "default"},
        "Action": {
            "AwsApiCallAction": {
                "AffectedResources": {"AWS::S3::Bucket": "data-1"},
                "RemoteIpDetails": {"IpAddressV4": "198.51.100.7"},
            }
        },
    },
}


def one(file: Path, content: object) -> Item:
    (item,) = many(file, content)
    return item


def many(file: Path, content: object) -> list[Item]:
    file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return list(read(str(file)))


def finding(item: Item) -> Finding:
    assert item.problem is None
    (found,) = parse(item.event)
    return found


FORMS: dict[str, tuple[object, str, str]] = {
    "an envelope": (GUARDDUTY, "guardduty", "16afba5c5c43e07c9e3e5e2e544e95df"),
    "a bare GuardDuty finding": (GUARDDUTY["detail"], "guardduty", "16afba5c5c43e07c9e3e5e2e544e95df"),
    "a GuardDuty finding of the API": (GUARDDUTY_API, "guardduty", "16afba5c5c43e07c9e3e5e2e544e95df"),
    "what GetFindings answers": ({"Findings": [GUARDDUTY_API]}, "guardduty", "16afba5c5c43e07c9e3e5e2e544e95df"),
    "a bare ASFF finding": (ASFF, "securityhub", UID),
    "what Security Hub's GetFindings answers": ({"Findings": [ASFF], "NextToken": "x"}, "securityhub", UID),
    "the detail of a Security Hub event": ({"findings": [ASFF]}, "securityhub", UID),
    "a bare OCSF finding": (OCSF, "securityhub", UID),
    "a bare change of compliance": (CONFIG["detail"], "config", ""),
    "Config's own notice by SNS": (
        {"Type": "Notification", "TopicArn": "x", "Message": json.dumps(CONFIG["detail"])},
        "config",
        "",
    ),
    "a bare Health event": (HEALTH["detail"], "health", ""),
    "a bare Access Analyzer finding": (ANALYZER["detail"], "accessanalyzer", ANALYZER["detail"]["id"]),
    "what ListFindings answers": (
        {
            "findings": [
                {
                    "id": "f-1",
                    "resource": "arn:aws:iam::111122223333:role/web",
                    "resourceType": "AWS::IAM::Role",
                    "resourceOwnerAccount": "111122223333",
                    "isPublic": False,
                    "status": "ACTIVE",
                }
            ]
        },
        "accessanalyzer",
        "f-1",
    ),
    "a bare Macie finding": (MACIE["detail"], "macie", MACIE["detail"]["id"]),
    "a bare Inspector finding": (INSPECTOR["detail"], "inspector", INSPECTOR["detail"]["findingArn"]),
    "a bare CloudTrail record": (RECORD, "cloudtrail", RECORD["eventID"]),
    "a bare sign-in": (
        {**signin()["detail"], "eventSource": "signin.amazonaws.com", "eventType": "AwsConsoleSignIn"},
        "signin",
        RECORD["eventID"],
    ),
    "a CloudTrail log file": ({"Records": [RECORD]}, "cloudtrail", RECORD["eventID"]),
    "what lookup-events answers": (
        {"Events": [{"EventId": "x", "CloudTrailEvent": json.dumps(RECORD)}]},
        "cloudtrail",
        RECORD["eventID"],
    ),
    "an SNS notification": (
        {"Type": "Notification", "Message": json.dumps(imported())},
        "securityhub",
        UID,
    ),
    "SNS within SQS within a Lambda event": (
        {"Records": [{"body": json.dumps({"Type": "Notification", "Message": json.dumps(imported())})}]},
        "securityhub",
        UID,
    ),
    "an SNS record of a Lambda event": (
        {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps(imported())}}]},
        "securityhub",
        UID,
    ),
    "what receive-message answers": (
        {"Messages": [{"Body": json.dumps(GUARDDUTY)}]},
        "guardduty",
        GUARDDUTY["detail"]["id"],
    ),
    "a list": ([GUARDDUTY], "guardduty", GUARDDUTY["detail"]["id"]),
    "gzip": (gzip.compress(json.dumps(RECORD).encode()), "cloudtrail", RECORD["eventID"]),
    "gzip in two members": (
        gzip.compress(json.dumps(RECORD).encode()[:100]) + gzip.compress(json.dumps(RECORD).encode()[100:]),
        "cloudtrail",
        RECORD["eventID"],
    ),
    "UTF-8 with a mark": (json.dumps(RECORD).encode("utf-8-sig"), "cloudtrail", RECORD["eventID"]),
    "UTF-16 as PowerShell writes it": (json.dumps(RECORD).encode("utf-16"), "cloudtrail", RECORD["eventID"]),
}


@pytest.mark.parametrize("case", FORMS.values(), ids=FORMS.keys())
def test_an_event_is_understood_in_the_form_that_people_have(tmp_path: Path, case: tuple[object, str, str]) -> None:
    content, kind, identity = case
    item = one(tmp_path / "event.json", content)
    assert (item.file, item.kind, item.problem) == (str(tmp_path / "event.json"), kind, None)
    assert item.event is not None
    if kind == "health":  # a bare one does not say whose it is, unless of an organization
        assert item.event["detail"] == HEALTH["detail"]
    found = finding(item)
    assert found.account == "111122223333"
    assert not identity or found.id == identity


def test_an_envelope_is_handed_on_as_it_is(tmp_path: Path) -> None:
    assert one(tmp_path / "event.json", GUARDDUTY).event == GUARDDUTY


def test_a_bare_record_gets_an_envelope_of_what_it_says_itself(tmp_path: Path) -> None:
    item = one(tmp_path / "event.json", RECORD)
    assert item.event == {
        "version": "0",
        "id": item.event["id"] if item.event else "",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.cloudtrail",
        "account": "111122223333",
        "time": "2026-01-02T03:04:05Z",
        "region": "eu-west-1",
        "resources": [],
        "detail": RECORD,
    }
    again = one(tmp_path / "copy.json", RECORD)
    other = one(tmp_path / "other.json", {**RECORD, "eventID": "x"})
    assert item.event is not None
    assert again.event is not None
    assert other.event is not None
    assert item.event["id"] == again.event["id"] != other.event["id"]


def test_the_apis_names_become_the_events_names_and_data_stays_as_it_is(tmp_path: Path) -> None:
    item = one(tmp_path / "event.json", GUARDDUTY_API)
    assert item.event is not None
    action = item.event["detail"]["service"]["action"]["awsApiCallAction"]
    assert action == {
        "affectedResources": {"AWS::S3::Bucket": "data-1"},
        "remoteIpDetails": {"ipAddressV4": "198.51.100.7"},
    }
    assert [resource.id for resource in finding(item).resources] == ["data-1", "AKIAIOSFODNN7EXAMPLE", "alice"]


def test_another_services_event_is_kept_and_named_other(tmp_path: Path) -> None:
    event = {**GUARDDUTY, "source": "aws.s3", "detail-type": "Object Created"}
    assert one(tmp_path / "event.json", event) == Item(str(tmp_path / "event.json"), "other", event)


def test_json_lines_are_read_line_by_line_and_a_bad_line_does_not_stop_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    lines = [json.dumps(GUARDDUTY), "", "{broken", "[1, 2]", json.dumps(RECORD)]
    items = many(file, "\n".join(lines).encode())
    assert [(item.kind, item.problem) for item in items] == [
        ("guardduty", None),
        (
            "other",
            f"{file}: line 3: is not JSON: Expecting property name enclosed in double quotes at line 1 column 2",
        ),
        ("other", f"{file}: line 4: is no event but a list without any object"),
        ("cloudtrail", None),
    ]


def test_a_list_with_something_else_in_it_tells_which(tmp_path: Path) -> None:
    file = tmp_path / "events.json"
    items = many(file, [GUARDDUTY, {"a": 1}, 7, RECORD])
    assert [(item.kind, item.problem) for item in items] == [
        ("guardduty", None),
        ("other", f"{file}: event 2: is JSON, but no event that is known; its keys: a"),
        ("other", f"{file}: event 3: is no event but a number"),
        ("cloudtrail", None),
    ]


def test_a_folder_is_read_to_its_depth_in_order_and_other_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "1.json.gz").write_bytes(gzip.compress(json.dumps(RECORD).encode()))
    (tmp_path / "a.ndjson").write_text(json.dumps(GUARDDUTY) + "\n" + json.dumps(RECORD))
    (tmp_path / "c.json").write_text("{")
    (tmp_path / "README.md").write_text("# no event")
    assert [(Path(item.file).name, item.kind, bool(item.problem)) for item in read(str(tmp_path))] == [
        ("a.ndjson", "guardduty", False),
        ("a.ndjson", "cloudtrail", False),
        ("1.json.gz", "cloudtrail", False),
        ("c.json", "other", True),
    ]


def test_a_dash_is_standard_input() -> None:
    (item,) = read("-", io.BytesIO(json.dumps(GUARDDUTY).encode()))
    assert item == Item("standard input", "guardduty", GUARDDUTY)


BOMB = gzip.compress(b" " * (LIMIT + 2))
PROBLEMS: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "is empty"),
    "white space": (b" \n\t ", "is empty"),
    "no JSON": (b"hello", "is not JSON: Expecting value at line 1 column 1"),
    "half an event": (
        b'{"source": ',
        "is not JSON: Expecting value at line 1 column 12",
    ),
    "200,000 brackets": (b"[" * 200_000, f"is nested deeper than {DEPTH} levels"),
    "500 levels, well closed": (b"[" * 500 + b"]" * 500, f"is nested deeper than {DEPTH} levels"),
    "a list of numbers": (b"[1, 2, 3]", "is no event but a list without any object"),
    "an empty list": (b"[]", "is no event but an empty list"),
    "a number": (b"7", "is no event but a number"),
    "a text": (b'"x"', "is no event but a text"),
    "null": (b"null", "is no event but null"),
    "an empty object": (b"{}", "is JSON, but no event that is known; its keys: none"),
    "something else": (b'{"a": 1, "\\u202eb": 2}', "is JSON, but no event that is known; its keys: a, b"),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\x00", "is not text in UTF-8: invalid start byte"),
    "NUL bytes": (b"{}\x00\x00", "holds NUL bytes: it is not JSON"),
    "half of UTF-16": (b"\xff\xfe{", "is not text in UTF-16: truncated data"),
    "a key twice": (
        b'{"source": "a", "source": "b"}',
        "has the key 'source' twice in one object: which of them counts?",
    ),
    "NaN": (b'{"a": NaN}', "is not JSON: NaN is no number"),
    "infinity": (b'{"a": -Infinity}', "is not JSON: -Infinity is no number"),
    "a number of 5,000 digits": (b'{"a": ' + b"9" * 5000 + b"}", "holds a number with too many digits"),
    "gzip cut off": (gzip.compress(b"x" * 1000)[:-9], "is gzip that ends too early"),
    "gzip damaged": (b"\x1f\x8b\x08\x00" + b"\xff" * 50, "is damaged gzip: Error -3 while decompressing data: "),
    "a gzip bomb": (BOMB, "is larger than 32 MB"),
    "50 MB": (b" " * 50_000_000, "is larger than 32 MB"),
    "a message that is no JSON": (
        b'{"Type": "Notification", "Message": "hello"}',
        "its message is not JSON: Expecting value at line 1 column 1",
    ),
    "an empty log file": (b'{"Records": []}', "is no event but an empty list"),
    "the invocation of a Config rule": (
        b'{"invokingEvent": "{}", "ruleParameters": "{}"}',
        "is the invocation of an AWS Config rule: it says nothing that is wrong",
    ),
}


@pytest.mark.parametrize("case", PROBLEMS.values(), ids=PROBLEMS.keys())
def test_what_cannot_be_read_is_one_line_that_names_file_and_reason(tmp_path: Path, case: tuple[bytes, str]) -> None:
    file = tmp_path / "event.json"
    item = one(file, case[0])
    assert (item.kind, item.event) == ("other", None)
    assert item.problem is not None
    assert item.problem.startswith(f"{file}: {case[1]}")
    assert "\n" not in item.problem


def test_a_key_that_comes_twice_is_found_without_comparing_every_key_with_every_other() -> None:
    class Name(str):
        __slots__ = ()
        compared = 0

        def __eq__(self, other: object) -> bool:
            Name.compared += 1
            return str.__eq__(self, other)

        __hash__ = str.__hash__

    names = [Name(number) for number in range(2_000)]
    with pytest.raises(ValueError, match="has the key '1999' twice"):
        intake._unique([(name, 1) for name in (*names, Name(1_999))])
    assert Name.compared < 10_000


def test_a_gzip_bomb_is_never_unpacked_whole(tmp_path: Path) -> None:
    packer = zlib.compressobj(wbits=31)
    nothing = bytes(1024 * 1024)
    bomb = b"".join(packer.compress(nothing) for _ in range(256)) + packer.flush()
    tracemalloc.start()
    try:
        item = one(tmp_path / "bomb.json.gz", bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert item.problem == f"{tmp_path / 'bomb.json.gz'}: is larger than 32 MB"
    assert peak < 4 * LIMIT


def test_wrappers_within_wrappers_come_to_an_end(tmp_path: Path) -> None:
    content: Any = [GUARDDUTY]
    for _ in range(20):
        content = {"Records": [content]}
    assert one(tmp_path / "event.json", content).problem == (
        f"{tmp_path / 'event.json'}: holds too many wrappers within each other"
    )


MISSING: dict[str, tuple[Callable[[Path], Path], str]] = {
    "no such file": (lambda folder: folder / "no.json", "cannot be read: No such file or directory"),
    "a folder without events": (lambda folder: folder, "holds no event: none of its files ends in .json"),
    "a name that no file can have": (lambda folder: folder / "a\0b", "cannot be read: embedded null byte"),
}


@pytest.mark.parametrize("case", MISSING.values(), ids=MISSING.keys())
def test_what_is_not_there_is_one_line_too(tmp_path: Path, case: tuple[Callable[[Path], Path], str]) -> None:
    path = case[0](tmp_path)
    (item,) = read(str(path))
    assert item.problem is not None
    assert item.problem.startswith(f"{path}: {case[1]}")


def test_a_file_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(file))
        (item,) = read(str(file))
    assert item.problem == f"{file}: cannot be read: No such device or address"


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:\n 0aeE-.', max_size=60).map(str.encode))
def test_any_bytes_are_items_and_never_an_exception(content: bytes) -> None:
    items = list(read("-", io.BytesIO(content)))
    assert items
    assert all((item.event is None) != (item.problem is None) for item in items)


NAMES = st.sampled_from(
    """Records Events Messages Findings findings CloudTrailEvent Sns Message body Body source detail-type ProductArn Id
    finding_info class_uid schemaVersion service type SchemaVersion Service Type findingArn awsAccountId accountId
    resourcesAffected configRuleName newEvaluationResult eventTypeCode eventTypeCategory eventArn arn resource
    resourceType isPublic eventName eventSource userIdentity eventType insightDetails eventVersion eventID""".split()  # noqa: SIM905
)
NAMED = st.recursive(
    st.none() | st.integers() | st.text(max_size=8) | st.sampled_from(["{}", "[]", "a:b:c"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=8),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(NAMED)
def test_any_object_of_known_names_is_items_and_never_an_exception(content: object) -> None:
    items = list(read("-", io.BytesIO(json.dumps(content).encode())))
    assert all((item.event is None) != (item.problem is None) for item in items)
    for item in items:
        with contextlib.suppress(MalformedEvent, NotSecurityEvent):
            parse(item.event or {})


def test_a_number_at_the_edge_of_what_python_reads_is_kept() -> None:
    assert load("1" * 4300) == int("1" * 4300)
