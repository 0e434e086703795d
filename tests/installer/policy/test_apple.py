"""From a profile, and from Jamf's form, to what the programs read on macOS."""

import json
import plistlib
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft7Validator  # type: ignore[import-untyped]  # ships no types

from contract.desk_keys import KEYS, SECTIONS, Key
from contract.desk_layers import Layer, Source, merged
from installer.policy.apple import DOMAIN, jamf_schema, manifest, sample_profile
from installer.policy.samples import SAMPLE, nested, shown
from uploader.desk_settings.native import as_written

_SCHEMA: dict[str, Any] = json.loads(jamf_schema("1.2.3"))
_MANIFEST: dict[str, Any] = plistlib.loads(manifest("1.2.3", datetime(2026, 11, 23, tzinfo=UTC)))


def test_what_the_sample_profile_forces_is_what_the_programs_read() -> None:
    profile = plistlib.loads(sample_profile())
    (payload,) = profile["PayloadContent"]
    assert payload["PayloadType"] == "com.apple.ManagedClient.preferences"
    (forced,) = payload["PayloadContent"][DOMAIN]["Forced"]
    found = merged([Source(Layer.POLICY, "", as_written(forced["mcx_preference_settings"]))])
    assert {name: found.value(name) for name in SAMPLE if name != "enrolment.token"} == {
        name: value for name, value in SAMPLE.items() if name != "enrolment.token"
    }
    # The sample's token is none: whoever uses the sample must put theirs in.
    assert [one.key for one in found.mistakes] == ["enrolment.token"]


def test_a_profile_made_again_replaces_itself() -> None:
    first, second = plistlib.loads(sample_profile()), plistlib.loads(sample_profile())
    assert first == second
    ids = [first["PayloadUUID"], *(one["PayloadUUID"] for one in first["PayloadContent"])]
    assert len(set(ids)) == len(ids)


def test_jamfs_schema_is_one() -> None:
    Draft7Validator.check_schema(_SCHEMA)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_jamfs_form_takes_each_key_and_refuses_what_is_none(key: Key) -> None:
    checker = Draft7Validator(_SCHEMA)
    value = shown(key)
    assert not list(checker.iter_errors(nested({key.name: value})))
    unset = {key.word: None}
    assert not list(checker.iter_errors({key.section: unset} if key.section else unset))
    wrong: object = {"text": 7, "flag": "yes", "choice": "other", "number": 9_999, "numbers": [0]}[
        key.kind
    ]
    table = {key.word: wrong}
    assert list(checker.iter_errors({key.section: table} if key.section else table))


def test_jamfs_form_locks_nothing_that_nobody_set() -> None:
    assert '"default"' not in jamf_schema("1.2.3")


def test_the_manifest_has_every_key_once() -> None:
    subkeys = {one["pfm_name"]: one for one in _MANIFEST["pfm_subkeys"]}
    named = [name for name in subkeys if name not in SECTIONS and not name.startswith("Payload")]
    for section in SECTIONS:
        named += [f"{section}.{one['pfm_name']}" for one in subkeys[section]["pfm_subkeys"]]
    assert sorted(named) == sorted(key.name for key in KEYS)
    assert _MANIFEST["pfm_domain"] == DOMAIN


def test_the_manifest_says_kind_choices_and_bounds() -> None:
    top = {one["pfm_name"]: one for one in _MANIFEST["pfm_subkeys"]}
    within = {one["pfm_name"]: one for one in top["workspace"]["pfm_subkeys"]}
    assert top["log_level"]["pfm_range_list"] == ["debug", "info", "warning", "error"]
    assert within["other_users"]["pfm_type"] == "boolean"
    (port,) = within["loopback_ports"]["pfm_subkeys"]
    assert (port["pfm_type"], port["pfm_range_min"], port["pfm_range_max"]) == (
        "integer",
        1,
        65_535,
    )
    (minutes,) = top["upgrade"]["pfm_subkeys"]
    assert (minutes["pfm_type"], minutes["pfm_range_max"]) == ("integer", 480)
