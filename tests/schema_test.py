#!/usr/bin/env python3
"""Holds the published JSON Schemas to the files: what we ship validates, what must be refused does
not. That the schemas list the keys the reader accepts is held by tests/harness/scenario."""

import json
import pathlib
import sys
import unittest

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCENARIOS = ROOT / "scenarios"
REFUSED = ROOT / "tests" / "data" / "scenarios"


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def validator(name):
    schema = read(SCENARIOS / f"{name}.schema.json")
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


KINDS = {"scenario": None, "profile": "profiles", "plan": "plans"}


def shipped(kind):
    for path in sorted(SCENARIOS.rglob("*.json")):
        if path.name.endswith(".schema.json"):
            continue
        folder = path.parent.name if path.parent.name in KINDS.values() else None
        if folder == KINDS[kind]:
            yield path


class ShippedFiles(unittest.TestCase):
    def test_every_one_validates(self):
        for kind in KINDS:
            paths = list(shipped(kind))
            self.assertTrue(paths)
            for path in paths:
                with self.subTest(path=path.name):
                    validator(kind).validate(read(path))

    def test_every_one_names_its_schema(self):
        for kind in KINDS:
            for path in shipped(kind):
                with self.subTest(path=path.name):
                    named = (path.parent / read(path)["$schema"]).resolve()
                    self.assertEqual(named, SCENARIOS / f"{kind}.schema.json")


class RefusedFiles(unittest.TestCase):
    """In `by_schema` an editor sees the mistake; in `by_reader` only the harness does."""

    def each(self, folder):
        paths = sorted((REFUSED / folder).glob("*.json"))
        self.assertTrue(paths)
        for path in paths:
            kind = "profile" if path.name.startswith("profile_") else "scenario"
            with self.subTest(path=path.name):
                yield path, validator(kind)

    def test_the_schema_refuses_what_it_can(self):
        for path, schema in self.each("by_schema"):
            self.assertFalse(schema.is_valid(read(path)), path.name)

    def test_the_schema_cannot_refuse_the_others(self):
        for path, schema in self.each("by_reader"):
            self.assertTrue(schema.is_valid(read(path)), path.name)


class EveryObject(unittest.TestCase):
    def test_refuses_keys_it_does_not_list(self):
        for name in (*KINDS, "baseline", "comparison", "result", "shard"):
            schema = read(SCENARIOS / f"{name}.schema.json")
            objects = [schema, *schema.get("$defs", {}).values()]
            for content in objects:
                if content.get("type") == "object":
                    free = "properties" not in content  # names of the author's choice
                    self.assertEqual(bool(content["additionalProperties"]), free)


if __name__ == "__main__":
    sys.exit(unittest.main())
