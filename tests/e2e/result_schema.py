"""Every result that a test has written is held to scenarios/result.schema.json, each shape of a finding once."""
import functools
import json
import pathlib

import jsonschema

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "scenarios/result.schema.json"
NAMED = ("verdict", "severity", "blame")


@functools.lru_cache
def _validator():
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def _shape(value, key=""):
    """The same for two values that a schema cannot tell apart."""
    if isinstance(value, dict):
        return tuple((k, _shape(v, k)) for k, v in value.items())
    if isinstance(value, list):
        return tuple(sorted({_shape(item) for item in value}, key=repr))
    return value if key in NAMED else type(value).__name__


_known = set()


def _new_findings(result):
    shapes = {_shape(finding): finding for finding in result["findings"]}
    new = [finding for shape, finding in shapes.items() if shape not in _known]
    _known.update(shapes)
    return {**result, "findings": new}


def validate(document):
    """Raises jsonschema.ValidationError."""
    if "results" in document:
        results = [_new_findings(result) for result in document["results"]]
        _validator().validate({**document, "results": results})
    else:
        _validator().validate(_new_findings(document))
    return document
