"""What is read of AWS's models is what botocore reads, however it is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.exceptions import DataNotFoundError, UnknownServiceError
from botocore.loaders import Loader

from chalicelib import aws
from chalicelib.aws_models import Files, Models


@pytest.mark.parametrize("kind", ["service-2", "paginators-1", "endpoint-rule-set-1"])
@pytest.mark.parametrize("service", ["ec2", "sts", "dynamodb", "cloudtrail"])
def test_a_model_is_read_as_botocore_reads_it(service: str, kind: str) -> None:
    assert Models().load_service_model(service, kind) == Loader().load_service_model(service, kind)


def test_so_is_what_lies_beside_the_models() -> None:
    assert Models().load_data("endpoints") == Loader().load_data("endpoints")


def test_the_same_services_are_known() -> None:
    assert Models().list_available_services("service-2") == Loader().list_available_services("service-2")


def test_a_service_that_is_not_there_is_unknown() -> None:
    with pytest.raises(UnknownServiceError, match="nonesuch"):
        Models().load_service_model("nonesuch", "service-2")


def test_what_a_service_has_none_of_is_not_found() -> None:
    with pytest.raises(DataNotFoundError):
        Models().load_service_model("sts", "waiters-2")
    assert aws.made(region="us-east-1").client("sts").waiter_names == []


def test_a_model_that_is_not_packed_is_read_in_its_order(tmp_path: Path) -> None:
    (tmp_path / "own.json").write_text('{"b": 1, "a": {"é": 2}}')
    files = Files()
    assert files.exists(str(tmp_path / "own"))
    assert list(files.load_file(str(tmp_path / "own"))) == ["b", "a"]
    assert not files.exists(str(tmp_path / "other"))
    assert files.load_file(str(tmp_path / "other")) is None
