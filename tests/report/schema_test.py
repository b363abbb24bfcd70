#!/usr/bin/env python3
"""The JSON Schema of the report against what the writer writes.

usage: schema_test.py SCHEMA PRINT_SAMPLE

A document in which every member is set must pass; so must one of absent members; and the schema
must name every member that is written, and refuse a document that lacks any of them.
"""
import copy
import json
import subprocess
import sys
import unittest

import jsonschema

SCHEMA_PATH, PRINT_SAMPLE = sys.argv[1:3]


def members(value, path=()):
    """The paths of all members of all objects."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield path + (name,)
            yield from members(member, path + (name,))
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from members(element, path + (index,))


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with open(SCHEMA_PATH, encoding="utf-8") as file:
            cls.schema = json.load(file)
        jsonschema.Draft202012Validator.check_schema(cls.schema)
        cls.validator = jsonschema.Draft202012Validator(cls.schema)
        cls.sample = json.loads(subprocess.check_output([PRINT_SAMPLE, "-"]))

    def test_the_writer_keeps_to_the_schema(self):
        # The second run has every optional member absent; texts that name a choice are set.
        self.validator.validate(self.sample)

    def test_every_member_is_required(self):
        for path in members(self.sample):
            bad = copy.deepcopy(self.sample)
            holder = bad
            for step in path[:-1]:
                holder = holder[step]
            del holder[path[-1]]
            self.assertFalse(self.validator.is_valid(bad), path)

    def test_every_member_has_its_type(self):
        for path in members(self.sample):
            bad = copy.deepcopy(self.sample)
            holder = bad
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = -1
            self.assertFalse(self.validator.is_valid(bad), path)

    def test_no_count_exceeds_2_to_the_53(self):
        bad = copy.deepcopy(self.sample)
        bad["runs"][0]["trace"]["events"] = 2**53 + 1
        self.assertFalse(self.validator.is_valid(bad))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
