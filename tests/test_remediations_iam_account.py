"""Keys and credentials of one user, the account's password policy, and identity providers: each alone is touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import Gone, Unsupported
from chalicelib.model import Remediation, Resource
from chalicelib.reconcile import plan, read
from remediations.iam import disable_all_keys_of_user, disable_service_specific_credentials, set_password_policy
from remediations.iam import remove_oidc_provider as oidc
from remediations.iam import remove_saml_provider as saml
from tests.aws import ACCOUNT, Aws, apply, make, opened, undo

USER = Resource("AWS::IAM::User", "alice", ACCOUNT, "us-east-1")
US = Resource("AWS::Account", ACCOUNT, ACCOUNT, "us-east-1")
OIDC = Resource(
    "AWS::IAM::OIDCProvider", f"arn:aws:iam::{ACCOUNT}:oidc-provider/idp.example.com/x", ACCOUNT, "us-east-1"
)
SAML = Resource("AWS::IAM::SAMLProvider", f"arn:aws:iam::{ACCOUNT}:saml-provider/partner", ACCOUNT, "us-east-1")
OK = type("Http", (), {"status_code": 200})()


@pytest.fixture
def aws() -> Iterator[Aws]:
    with opened("us-east-1") as aws:
        yield aws


def keys(aws: Aws, user: str) -> list[str]:
    return [key["Status"] for key in aws.client("iam").list_access_keys(UserName=user)["AccessKeyMetadata"]]


def credentials(aws: Aws, user: str) -> list[str]:
    found = aws.client("iam").list_service_specific_credentials(UserName=user)["ServiceSpecificCredentials"]
    return [each["Status"] for each in found]


def answer(client: Any, operation: str, *pages: dict[str, Any]) -> None:
    """Make AWS answer with these pages, one after the other."""
    left = [{**page, "ResponseMetadata": {}} for page in pages]
    client.meta.events.register(f"before-call.iam.{operation}", lambda **_: (OK, left.pop(0)))


BOTH = {
    "keys": (disable_all_keys_of_user.remediation, keys),
    "credentials": (disable_service_specific_credentials.remediation, credentials),
}


@pytest.mark.parametrize(("remediation", "statuses"), BOTH.values(), ids=BOTH)
class TestEveryKeyOrCredentialOfAUser:
    def test_is_disabled_and_a_colleagues_are_not(self, aws: Aws, remediation: Remediation, statuses: Any) -> None:
        make(aws, USER)
        change = apply(aws, remediation, USER)
        assert (statuses(aws, "alice"), statuses(aws, "alice-colleague")) == (["Inactive"] * 2, ["Active"])
        undo(aws, remediation, USER, change)
        assert statuses(aws, "alice") == ["Active"] * 2

    def test_that_was_inactive_before_stays_so_through_undo(
        self, aws: Aws, remediation: Remediation, statuses: Any
    ) -> None:
        make(aws, USER)
        first = next(iter(read(remediation, aws, USER)))
        remediation.write(aws, USER, {first: "Active"}, {first: "Inactive"})
        change = apply(aws, remediation, USER)
        undo(aws, remediation, USER, change)
        assert (change[0][first], sorted(statuses(aws, "alice"))) == ("Inactive", ["Active", "Inactive"])

    def test_that_has_expired_is_left_alone(self, aws: Aws, remediation: Remediation, statuses: Any) -> None:
        assert remediation.desired({"a": "Expired", "b": "Active"}, USER) == {"a": "Expired", "b": "Inactive"}

    def test_needs_a_confirmation_to_be_enabled_again(self, aws: Aws, remediation: Remediation, statuses: Any) -> None:
        assert "advises against reactivating" in remediation.confirm_undo

    def test_of_nobody_is_gone(self, aws: Aws, remediation: Remediation, statuses: Any) -> None:
        make(aws, USER)
        with pytest.raises(Gone):
            read(remediation, aws, replace(USER, id="bob"))


def test_credentials_on_further_pages_are_disabled_too(aws: Aws) -> None:
    pages = [
        {"ServiceSpecificCredentials": [{"ServiceSpecificCredentialId": "ACCA1", "Status": "Active"}]},
        {"ServiceSpecificCredentials": [{"ServiceSpecificCredentialId": "ACCA2", "Status": "Active"}]},
    ]
    first = {**pages[0], "IsTruncated": True, "Marker": "more"}
    answer(aws.client("iam"), "ListServiceSpecificCredentials", first, pages[1])
    found = read(disable_service_specific_credentials.remediation, aws, USER)
    assert found == {"ACCA1": "Active", "ACCA2": "Active"}
    assert [parameters.get("Marker") for _, parameters in aws.calls] == [None, "more"]


CIS = {
    "AllowUsersToChangePassword": True,
    "HardExpiry": False,
    "MaxPasswordAge": 90,
    "MinimumPasswordLength": 14,
    "PasswordReusePrevention": 24,
    "RequireLowercaseCharacters": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
    "RequireUppercaseCharacters": True,
}


def test_an_account_without_a_password_policy_gets_one_and_undo_takes_it_away(aws: Aws) -> None:
    change = apply(aws, set_password_policy.remediation, US)
    assert change == (None, CIS)
    undo(aws, set_password_policy.remediation, US, change)
    undo(aws, set_password_policy.remediation, US, change)
    assert read(set_password_policy.remediation, aws, US) is None


def test_what_is_stricter_stays_and_undo_gives_back_every_setting(aws: Aws) -> None:
    ours = {"MinimumPasswordLength": 20, "MaxPasswordAge": 30, "PasswordReusePrevention": 5, "HardExpiry": True}
    aws.client("iam").update_account_password_policy(**ours, RequireSymbols=True)
    before, after = change = apply(aws, set_password_policy.remediation, US)
    stricter = {"MinimumPasswordLength": 20, "MaxPasswordAge": 30, "HardExpiry": True}
    assert after == {**CIS, **stricter, "AllowUsersToChangePassword": False}
    undo(aws, set_password_policy.remediation, US, change)
    assert before == {**dict.fromkeys(CIS, False), **ours, "RequireSymbols": True}


def test_a_number_that_is_not_set_is_not_sent(aws: Aws) -> None:
    aws.client("iam").update_account_password_policy(MinimumPasswordLength=8)
    change = apply(aws, set_password_policy.remediation, US)
    aws.calls.clear()
    undo(aws, set_password_policy.remediation, US, change)
    [sent] = [parameters for name, parameters in aws.calls if name == "UpdateAccountPasswordPolicy"]
    assert set(sent) == set(CIS) - {"MaxPasswordAge", "PasswordReusePrevention"}


def test_a_strict_policy_is_left_alone(aws: Aws) -> None:
    apply(aws, set_password_policy.remediation, US)
    assert not plan(set_password_policy.remediation, aws, US).needed


def oidc_providers(aws: Aws) -> dict[str, Any]:
    iam = aws.client("iam")
    arns = [each["Arn"] for each in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]]
    found = {arn: iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn) for arn in arns}
    parts = ("Url", "ClientIDList", "ThumbprintList", "Tags")
    return {arn: {part: sorted(each[part], key=str) for part in parts} for arn, each in found.items()}


def saml_providers(aws: Aws) -> dict[str, Any]:
    iam = aws.client("iam")
    arns = [each["Arn"] for each in iam.list_saml_providers()["SAMLProviderList"]]
    found = {arn: iam.get_saml_provider(SAMLProviderArn=arn) for arn in arns}
    return {arn: (each["SAMLMetadataDocument"], each["Tags"]) for arn, each in found.items()}


PROVIDERS: dict[str, Any] = {
    "oidc": (oidc.remediation, OIDC, oidc_providers, "https://idp.example.com/x"),
    "saml": (saml.remediation, SAML, saml_providers, "partner"),
}


@pytest.mark.parametrize(("remediation", "provider", "all_of", "name"), PROVIDERS.values(), ids=PROVIDERS)
class TestAnIdentityProvider:
    def test_is_removed_its_neighbour_is_not_and_undo_makes_it_anew(
        self, aws: Aws, remediation: Remediation, provider: Resource, all_of: Any, name: str
    ) -> None:
        make(aws, provider)
        before = all_of(aws)
        change = apply(aws, remediation, provider)
        assert all_of(aws) == {arn: each for arn, each in before.items() if arn != provider.id}
        undo(aws, remediation, provider, change)
        assert all_of(aws) == before

    def test_is_known_by_its_name_as_well(
        self, aws: Aws, remediation: Remediation, provider: Resource, all_of: Any, name: str
    ) -> None:
        make(aws, provider)
        assert read(remediation, aws, replace(provider, id=name)) == read(remediation, aws, provider)

    def test_that_does_not_exist_is_as_it_should_be(
        self, aws: Aws, remediation: Remediation, provider: Resource, all_of: Any, name: str
    ) -> None:
        assert not plan(remediation, aws, provider).needed

    def test_comes_back_only_when_people_confirm_it(
        self, aws: Aws, remediation: Remediation, provider: Resource, all_of: Any, name: str
    ) -> None:
        assert "again" in remediation.confirm_undo


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ({"SAMLMetadataDocument": "x", "PrivateKeyList": [{"KeyId": "1"}]}, "a key that IAM shows nobody"),
        ({"SAMLMetadataDocument": "x" * 100_001}, "too much metadata to be kept for undo"),
    ],
    ids=["private keys", "huge metadata"],
)
def test_a_saml_provider_that_undo_could_not_bring_back_is_unsupported(aws: Aws, found: Any, why: str) -> None:
    answer(aws.client("iam"), "GetSAMLProvider", found)
    with pytest.raises(Unsupported, match=why):
        read(saml.remediation, aws, SAML)


def test_identity_centers_own_provider_is_unsupported(aws: Aws) -> None:
    own = replace(SAML, id=SAML.id.replace("partner", "AWSSSO_0123456789abcdef_DO_NOT_DELETE"))
    with pytest.raises(Unsupported, match="disable its users there"):
        read(saml.remediation, aws, own)
