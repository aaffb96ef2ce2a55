"""Where the Slack secret comes from, and that nothing ever shows it."""

import json

import boto3
import pytest
from aws_lambda_powertools.utilities import parameters
from moto import mock_aws

from chalicelib.errors import CountermeasureError, NotDelivered
from chalicelib.notify.secrets import SlackSecret, parse, slack_secret, text_secret

TOKEN, HOOK, SIGNING = "xoxb-EXAMPLE", "https://hooks.slack.com/services/EXAMPLE", "signing-EXAMPLE"
WHOLE = json.dumps({"bot_token": TOKEN, "webhook_url": HOOK, "signing_secret": SIGNING})

VALUES = {
    "all three": (WHOLE, SlackSecret(TOKEN, HOOK, SIGNING)),
    "one of them": (json.dumps({"bot_token": TOKEN}), SlackSecret(bot_token=TOKEN)),
    "with what we do not use": (json.dumps({"webhook_url": HOOK, "owner": 1}), SlackSecret(webhook_url=HOOK)),
    "with an empty one": (json.dumps({"bot_token": TOKEN, "webhook_url": ""}), SlackSecret(bot_token=TOKEN)),
    "a bare token": (f"{TOKEN}\n", SlackSecret(bot_token=TOKEN)),
    "a bare webhook": (HOOK, SlackSecret(webhook_url=HOOK)),
}
BROKEN = {
    "no JSON": '{"bot_token": "xoxb-EXAMPLE"',
    "nothing of ours": '{"password": "xoxb-EXAMPLE"}',
    "a number": '{"signing_secret": 5}',
    "plain http": '{"webhook_url": "http://xoxb-EXAMPLE.example.com/"}',
    "no token": '{"bot_token": "EXAMPLE"}',
    "a word": "EXAMPLE",
}


@pytest.fixture
def aws(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        parameters.clear_caches()
        yield boto3.Session()
    parameters.clear_caches()


def in_secrets_manager(aws, value):
    aws.client("secretsmanager").create_secret(Name="security/slack", SecretString=value)
    return "secretsmanager:security/slack"


def in_ssm(aws, value):
    aws.client("ssm").put_parameter(Name="/security/slack", Value=value, Type="SecureString")
    return "ssm:/security/slack"


@pytest.mark.parametrize("keep", [in_secrets_manager, in_ssm])
def test_a_secret_is_read_from_where_it_is_kept(aws, keep):
    assert slack_secret(keep(aws, WHOLE)) == SlackSecret(TOKEN, HOOK, SIGNING)


@pytest.mark.parametrize(("value", "secret"), VALUES.values(), ids=VALUES.keys())
def test_a_secret_may_be_written_as(value, secret):
    assert parse(value, "ssm:/x") == secret


@pytest.mark.parametrize("value", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_secret_is_named_and_not_shown(value):
    with pytest.raises(CountermeasureError) as caught:
        parse(value, "secretsmanager:security/slack")
    assert str(caught.value) == (
        "the secret secretsmanager:security/slack must be JSON with bot_token, webhook_url or signing_secret, "
        "or only a bot token or webhook URL."
    )
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_any_other_secret_is_read_as_the_text_it_is(aws):
    aws.client("ssm").put_parameter(Name="/external-id", Value="EXAMPLE-id", Type="SecureString")
    assert text_secret("ssm:/external-id") == "EXAMPLE-id"


def test_a_broken_slack_secret_keeps_slack_from_being_told(aws):
    with pytest.raises(NotDelivered, match=r"^Slack cannot be told: the secret secretsmanager:security/slack must be"):
        slack_secret(in_secrets_manager(aws, "{"))


def test_a_binary_secret_is_refused(aws):
    aws.client("secretsmanager").create_secret(Name="binary", SecretBinary=b"EXAMPLE")
    with pytest.raises(NotDelivered, match="the secret secretsmanager:binary must be text, and is binary"):
        slack_secret("secretsmanager:binary")


@pytest.mark.parametrize("reference", ["secretsmanager:nothing/there", "ssm:/nothing/there"])
def test_a_missing_secret_is_named(aws, reference):
    with pytest.raises(
        NotDelivered, match=f"Slack cannot be told: the secret {reference} could not be read: .*NotFound"
    ):
        slack_secret(reference)


def test_a_secret_is_kept_in_memory_between_notices(aws):
    reference = in_secrets_manager(aws, TOKEN)
    first = slack_secret(reference)
    aws.client("secretsmanager").put_secret_value(SecretId="security/slack", SecretString="xoxb-EXAMPLE-ROTATED")
    assert slack_secret(reference) == first


@pytest.mark.parametrize("reference", [TOKEN, HOOK, WHOLE, f" {TOKEN}", "xapp-EXAMPLE", f'"{TOKEN}"'])
def test_a_secret_in_place_of_its_reference_is_refused_unseen(reference):
    with pytest.raises(NotDelivered) as caught:
        slack_secret(reference)
    assert str(caught.value).startswith("Slack cannot be told: the configuration holds the secret itself. Store")
    assert "EXAMPLE" not in str(caught.value)


@pytest.mark.parametrize("reference", ["", "security/slack", "vault:slack", "ssm:", "EXAMPLE-token"])
def test_a_reference_of_another_form_is_refused(reference):
    with pytest.raises(NotDelivered, match="must be secretsmanager:NAME or ssm:/path"):
        slack_secret(reference)


def test_a_secret_shows_only_which_values_it_holds():
    assert f"{SlackSecret(TOKEN, '', SIGNING)} {SlackSecret()!r}" == (
        "SlackSecret(bot_token, signing_secret) SlackSecret(empty)"
    )
