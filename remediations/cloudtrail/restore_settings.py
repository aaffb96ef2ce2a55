"""Have a trail record again what every trail should: all regions, global services, all management events, digests."""

from __future__ import annotations

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.cloudtrail import trails

FLAGS = {
    "multi_region": ("IsMultiRegionTrail", "IsMultiRegionTrail"),
    "global_events": ("IncludeGlobalServiceEvents", "IncludeGlobalServiceEvents"),
    "validation": ("LogFileValidationEnabled", "EnableLogFileValidation"),
}
"""What DescribeTrails calls each setting, and what UpdateTrail does."""

ALL = {"ReadWriteType": "All", "IncludeManagementEvents": True, "ExcludeManagementEventSources": []}
MANAGEMENT = {"Field": "eventCategory", "Equals": ["Management"]}
MOST = 5
"""How many basic selectors a trail can have (CloudTrail API reference, EventSelector)."""


def read(aws: Session, trail: Resource) -> Json:
    """Return the settings as booleans and `selectors`: `{"basic": [...]}` or `{"advanced": [...]}`.

    Raises Unsupported for a trail whose home is another account or region.
    """
    found = trails.at_home(aws, trail)
    selectors = trails.selectors(aws, trail)  # CloudTrail itself says where a trail is gone
    return {**{ours: bool(found.get(theirs)) for ours, (theirs, _) in FLAGS.items()}, "selectors": selectors}


def desired(now: Json, trail: Resource) -> Json:
    chosen = now["selectors"]
    wider = {"advanced": advanced(chosen["advanced"])} if "advanced" in chosen else {"basic": basic(chosen["basic"])}
    return {**dict.fromkeys(FLAGS, True), "selectors": wider}


def basic(selectors: Json) -> Json:
    """Return the selectors with one for all management events; what selects data events goes on doing only that."""
    if any(ALL.items() <= {**ALL, **each}.items() for each in selectors):
        return selectors
    data = [each for each in selectors if each.get("DataResources")]
    if len(data) == MOST:
        return [{**data[0], **ALL}, *data[1:]]
    only = {"IncludeManagementEvents": False, "ExcludeManagementEventSources": []}
    return [{**ALL, "DataResources": []}, *({**each, **only} for each in data)]


def advanced(selectors: Json) -> Json:
    """Return the selectors with one for all management events in place of those for some; the others stay."""
    if any(each["FieldSelectors"] == [MANAGEMENT] for each in selectors):
        return selectors
    others = [each for each in selectors if MANAGEMENT not in each["FieldSelectors"]]
    return [{"Name": "Management events", "FieldSelectors": [MANAGEMENT]}, *others]


def write(aws: Session, trail: Resource, now: Json, then: Json) -> None:
    if any(now[flag] != then[flag] for flag in FLAGS):  # at once: all regions go with global services only
        settings = {parameter: then[flag] for flag, (_, parameter) in FLAGS.items()}
        aws.client("cloudtrail").update_trail(Name=trails.arn(aws, trail), **settings)
    if now["selectors"] != then["selectors"]:
        trails.select(aws, trail, then["selectors"])


remediation = Remediation(
    id="cloudtrail.restore_settings",
    title="Have a CloudTrail trail record all management events again",
    resource_type="AWS::CloudTrail::Trail",
    reads=("cloudtrail:DescribeTrails", "cloudtrail:GetEventSelectors"),
    writes=("cloudtrail:PutEventSelectors", "cloudtrail:UpdateTrail"),
    pin=("arn:{partition}:cloudtrail:{region}:{account}:trail/{id}",),
    impact=(
        "The trail records management events of all regions and global services, reads and writes, KMS and the RDS Data"
        " API included, and signs its log files: a trail that left some out on purpose costs more, above all beside"
        " another that records them too. Selectors of data and network events stay. It does not bring back a changed"
        " bucket, prefix, key, topic or log group, nor selectors of data events that somebody removed; what happened"
        " meanwhile stays unrecorded. It does not start a trail that is stopped."
    ),
    confirm_undo="Undo has the trail record less again: what it then leaves out goes unseen.",
    read=read,
    desired=desired,
    write=write,
)
