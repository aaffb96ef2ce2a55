"""What each block of the guide promises, looked at after it was run: by its title and number."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from chalicelib.accounts import RESPONDER
from chalicelib.model import Outcome
from e2e.emulators import MANAGEMENT, ROOT_ID
from e2e.reader import PROD, REGIONS, SANDBOX, Block
from e2e.slack import SIGNING_SECRET, TOKEN
from e2e.world import World, found, gone, listed, outcomes_of, policies, responders

STAGE, BUCKET = "prod", "countermeasure-artifacts-222222222222-us-east-1"
STACK, MEMBER_STACK = f"countermeasure-{STAGE}", "countermeasure-member"
BREAK_GLASS = "arn:aws:iam::*:role/break-glass"


def watched(world: World, _: str) -> None:
    for region in REGIONS:
        guardduty = world.there("guardduty", world.aws.hub, region)
        (detector,) = guardduty.list_detectors()["DetectorIds"]
        seen = [each["AccountId"] for each in guardduty.list_members(DetectorId=detector)["Members"]]
        world.expect(f"{region}: GuardDuty watches every other account", sorted(seen), [SANDBOX, PROD, MANAGEMENT])
        hub = world.there("securityhub", world.aws.hub, region)
        seen = [each["AccountId"] for each in hub.list_members(OnlyAssociated=True)["Members"]]
        world.expect(f"{region}: Security Hub watches every other account", sorted(seen), [SANDBOX, PROD, MANAGEMENT])


def configured(world: World, _: str) -> None:
    config = (world.checkout.parent / "home" / ".aws" / "config").read_text()
    role = f"role_arn = arn:aws:iam::{world.aws.hub}:role/{STACK}-operator"
    wanted = ("[profile operator]", role, "source_profile = hub")
    world.expect("the profile operator is there", [each for each in wanted if each not in config], [])


def printed(world: World, said: str) -> None:
    world.expect("make setup finds .venv ready", "Setting up" in said, False)
    member, scp = (json.loads((world.checkout / "build" / name).read_text()) for name in ("member.json", "scp.json"))
    world.expect("the template names the regions", member["Metadata"]["Regions"], sorted(REGIONS))
    world.expect("the SCP denies", {each["Effect"] for each in scp["Statement"]}, {"Deny"})


def external_id(world: World, _: str) -> None:
    kept = world.hub("ssm").get_parameter(Name="/countermeasure/external-id", WithDecryption=True)["Parameter"]
    world.expect("the external id is kept as a secret", (kept["Type"], len(kept["Value"])), ("SecureString", 64))


def slack_secret(world: World, _: str) -> None:
    kept = world.hub("secretsmanager").get_secret_value(SecretId="countermeasure/slack")["SecretString"]
    world.expect(
        "the secret holds the typed token", json.loads(kept), {"bot_token": TOKEN, "signing_secret": SIGNING_SECRET}
    )
    world.expect("no file holds it", (world.checkout / "build" / "slack.json").exists(), False)


def packaged(world: World, _: str) -> None:
    made = sorted(each.name for each in (world.checkout / "build" / STAGE).iterdir() if each.name != "packaged.json")
    world.expect("template and zip are made", made, ["deployment.zip", "sam.json"])


def bucket(world: World, _: str) -> None:
    told = world.hub("s3").get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    world.expect("the bucket is closed", set(told.values()), {True})


def deployed(world: World, _: str) -> None:
    stack = found(world.hub("cloudformation"), STACK)
    world.expect("the stack is up", stack["StackStatus"], world.outputs.get("status", "CREATE_COMPLETE"))
    world.outputs = {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
    told = world.hub("sns").list_subscriptions_by_topic(TopicArn=world.outputs["TopicArn"])["Subscriptions"]
    world.expect("security@example.com is subscribed", [each["Endpoint"] for each in told], ["security@example.com"])


def slack_url(world: World, said: str) -> None:
    world.expect("the address for Slack is shown", said, world.outputs["SlackUrl"])


def members(world: World, said: str) -> None:
    for account in (SANDBOX, PROD):
        world.expect(f"{account} has the responder", responders(world, account), [RESPONDER])
    for account in (SANDBOX, PROD, world.aws.hub):
        for region in REGIONS:
            world.expect(f"{account} is listed as SUCCEEDED in {region}", listed(said, account, region))
    world.expect("the management account is left out", responders(world, MANAGEMENT), [])
    for region in REGIONS:
        rules = world.there("events", SANDBOX, region).list_rules(NamePrefix="countermeasure-")["Rules"]
        named = {"accessanalyzer", "cloudtrail", "config", "health", "signin"}
        forwarded = {each["Name"].removeprefix("countermeasure-") for each in rules}
        world.expect(f"the sandbox forwards what it has to in {region}", forwarded & named, named)


def management(world: World, _: str) -> None:
    for region in REGIONS:
        status = found(world.there("cloudformation", MANAGEMENT, region), MEMBER_STACK)["StackStatus"]
        world.expect(f"the management account's stack is up in {region}", status, "CREATE_COMPLETE")
    world.expect("the management account has the responder", responders(world, MANAGEMENT), [RESPONDER])


def scp(world: World, _: str) -> None:
    organizations = world.there("organizations", MANAGEMENT)
    asked = {"TargetId": ROOT_ID, "Filter": "SERVICE_CONTROL_POLICY"}
    names = [each["Name"] for each in organizations.list_policies_for_target(**asked)["Policies"]]
    world.expect("the SCP is attached to the root", "countermeasure" in names)


def doctor(world: World, said: str) -> None:
    *lines, _, counts = said.splitlines()
    bad = [line for line in lines if not line.startswith("ok ")]
    world.expect("the doctor finds all well", (bad, counts.endswith(" 0 warn, 0 fail")), ([], True))


def replayed(world: World, said: str) -> None:
    world.expect("the event fires its rule", "guardduty.bucket_made_public" in said)
    outcomes = outcomes_of(world, said)
    world.expect("the event is answered: the bucket is not there", outcomes, {Outcome.GONE})


def nothing_missed(world: World, said: str) -> None:
    archives = [line.split()[0] for line in said.splitlines() if line.startswith(f"{STACK}-")]
    world.expect("the archives are listed", f"{STACK}-guardduty" in archives)


def delivery(world: World, said: str) -> None:
    told = found(world.hub("cloudformation"), f"delivery-{STAGE}")
    outputs = {each["OutputKey"]: each["OutputValue"] for each in told["Outputs"]}
    world.expect("the roles are there", (told["StackStatus"], sorted(outputs)), ("CREATE_COMPLETE", _DELIVERY))
    world.expect("the roles are shown", [arn for arn in outputs.values() if arn not in said], [])


_DELIVERY = ["DeployRoleArn", "ExecutionRoleArn"]


def upgraded(world: World, _: str) -> None:
    for account in (SANDBOX, MANAGEMENT):
        world.expect(f"the responder of {account} is upgraded", BREAK_GLASS in policies(world, account))


def external_id_again(world: World, _: str) -> None:
    """What is read is used by no later block."""


def scp_again(world: World, _: str) -> None:
    organizations = world.there("organizations", MANAGEMENT)
    (id_,) = (
        each["Id"]
        for each in organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
        if each["Name"] == "countermeasure"
    )
    content = organizations.describe_policy(PolicyId=id_)["Policy"]["Content"]
    world.expect("the SCP is the printed one", content, (world.checkout / "build" / "scp.json").read_text())


def removed(world: World, _: str) -> None:
    world.expect("the hub's stack is gone", gone(world.hub("cloudformation"), STACK))
    table = world.hub("dynamodb").describe_table(TableName=world.outputs["LedgerTable"])["Table"]
    world.expect("the ledger stays, protected", table["DeletionProtectionEnabled"])
    world.expect("no function is left", world.hub("lambda").list_functions()["Functions"], [])
    for account in (SANDBOX, PROD, MANAGEMENT):
        world.expect(f"{account} has no responder", responders(world, account), [])
    names = [
        each["Name"]
        for each in world.there("organizations", MANAGEMENT).list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    ]
    world.expect("the SCP is gone", "countermeasure" in names, False)


def set_removed(world: World, _: str) -> None:
    sets = world.there("cloudformation", MANAGEMENT).list_stack_sets(Status="ACTIVE")["Summaries"]
    world.expect("the StackSet is gone", [each for each in sets if each["Status"] == "ACTIVE"], [])


def ledger_removed(world: World, _: str) -> None:
    world.expect("the ledger is gone", world.hub("dynamodb").list_tables()["TableNames"], [])
    world.expect("the external id is gone", world.hub("ssm").describe_parameters()["Parameters"], [])


PROMISES: Mapping[tuple[str, int], Callable[[World, str], None]] = {
    ("1. Say where everything is", 1): configured,
    ("1. Say where everything is", 2): watched,
    ("2. Edit organization.toml", 1): printed,
    ("3. Create the external id", 1): external_id,
    ("4. Create the Slack app", 1): slack_secret,
    ("5. Make the package", 1): packaged,
    ("6. Deploy the hub", 1): bucket,
    ("6. Deploy the hub", 2): deployed,
    ("6. Deploy the hub", 3): slack_url,
    ("7. Deploy the members", 1): members,
    ("8. Deploy the management account", 1): management,
    ("9. Attach the service control policy", 1): scp,
    ("10. See the doctor", 1): doctor,
    ("11. Replay a first event, in observe", 1): replayed,
    ("12. Raise the modes", 1): nothing_missed,
    ("Deploy from GitHub", 1): delivery,
    ("Upgrade", 1): upgraded,
    ("Upgrade", 2): external_id_again,
    ("Upgrade", 3): scp_again,
    ("Remove", 1): removed,
    ("Remove", 2): set_removed,
    ("Remove", 3): ledger_removed,
}


def keep(world: World, block: Block, said: str) -> None:
    """Look whether a block has kept its promise. Raises KeyError for one that nobody has thought of."""
    PROMISES[block.title, block.number](world, said)
