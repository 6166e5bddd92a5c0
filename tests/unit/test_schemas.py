"""What leaves the program is what the schemas say."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from newsbeam.taxonomy import TYPES
from tests.conftest import ROOT

SCHEMAS = {path.stem: json.loads(path.read_text()) for path in (ROOT / "newsbeam" / "schemas").glob("*.json")}
REGISTRY: Any = Registry().with_resources((s["$id"], Resource.from_contents(s)) for s in SCHEMAS.values())


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_schema_is_a_schema(name: str) -> None:
    """Each can be used by any validator."""
    Draft202012Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize("stream", ["alert", "event", "count"])
def test_the_golden_lines_fit_their_schema(stream: str) -> None:
    """Every line that the seeds give."""
    lines = (ROOT / "seeds" / "expected" / f"{stream}s.jsonl").read_text(encoding="utf-8").splitlines()
    assert lines
    for line in lines:
        Draft202012Validator(SCHEMAS[stream], registry=REGISTRY).validate(json.loads(line))


def test_the_schemas_know_the_taxonomy() -> None:
    """No type is missing in them."""
    assert list(TYPES) == SCHEMAS["event"]["properties"]["type"]["enum"]
    assert list(TYPES) == SCHEMAS["detect"]["properties"]["events"]["items"]["properties"]["type"]["enum"]
