"""Write what `chalice package` takes for a stage: `python -m infrastructure --stage STAGE [--organization FILE]`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from chalicelib.catalogue import Catalogue, load
from chalicelib.errors import CountermeasureError
from chalicelib.organization import Organization, read, refuse_unknown_rules
from infrastructure import endpoint
from infrastructure.functions import policy
from infrastructure.hub import merge_template
from infrastructure.names import ENDPOINT, FUNCTIONS

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Write the files into .chalice, beside config.json."""
    asked = argparse.ArgumentParser(prog="python -m infrastructure", description=__doc__)
    asked.add_argument("--stage", default="dev")
    asked.add_argument("--organization", type=Path, default=ROOT / "organization.toml")
    asked.add_argument("--to", type=Path, default=ROOT / ".chalice")
    told = asked.parse_args()
    try:
        catalogue, organization = load(), read(told.organization)
        catalogue.shelves.check()
        refuse_unknown_rules(organization, catalogue)
        write(catalogue, organization, told.stage, told.to)
    except CountermeasureError as error:
        asked.exit(2, f"{asked.prog}: {error}\n")


def write(catalogue: Catalogue, organization: Organization, stage: str, folder: Path) -> None:
    """Write `merge.json`, and `policy-FUNCTION-STAGE.json` for each function."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "merge.json", merge_template(catalogue, organization, stage))
    for function in FUNCTIONS:
        _write(folder / f"policy-{function}-{stage}.json", policy(function, organization, stage))
    _write(folder / f"policy-{ENDPOINT}-{stage}.json", endpoint.policy(organization, stage))


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
