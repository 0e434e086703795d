from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.manifest import ManifestError, digest, from_json, recording_id_from, to_json
from tests.contract.make_vectors import example_manifest


def changed(**fields: object) -> bytes:
    document: dict[str, Any] = json.loads(to_json(example_manifest()))
    document.update(fields)
    return json.dumps(document).encode()


def test_what_is_written_is_read_back() -> None:
    assert from_json(to_json(example_manifest())) == example_manifest()


def test_the_same_manifest_has_the_same_digest() -> None:
    text = to_json(from_json(to_json(example_manifest())))
    assert digest(text) == digest(to_json(example_manifest()))


@pytest.mark.parametrize("field", sorted(json.loads(to_json(example_manifest()))))
def test_each_field_is_needed_and_named_when_missing(field: str) -> None:
    document = json.loads(to_json(example_manifest()))
    del document[field]
    with pytest.raises(ManifestError, match=f"{field} is missing"):
        from_json(json.dumps(document).encode())


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"colour": "red"}, "unknown fields: colour"),
        ({"format": "twinreel/manifest/2"}, "format is"),
        ({"recording_id": "../../../../../../etc/passwd-and-more-xx"}, "not a recording id"),
        ({"duration_us": -1}, "duration_us is negative"),
        ({"duration_us": True}, "duration_us is a bool"),
        ({"duration_us": None}, "duration_us is null"),
        ({"details_sha256": "AA" * 32}, "64 lower-case hex"),
        ({"canvas": None}, "segments without a canvas"),
        (
            {"canvas": {"width": 2, "height": 2, "monitors": [["0", 0, 2, 2]]}},
            "four whole numbers",
        ),
        ({"client_version": "\ud800"}, "surrogates"),
        ({"end_reason": "boredom"}, "boredom"),
        ({"started_at": "2026-11-22T06:17:15"}, "without an offset"),
        ({"segments": [{"index": 0}]}, "offset_us is missing"),
    ],
)
def test_a_wrong_field_is_named(fields: dict[str, object], complaint: str) -> None:
    with pytest.raises(ManifestError, match=complaint):
        from_json(changed(**fields))


def test_a_manifest_of_endless_depth_is_an_error() -> None:
    with pytest.raises(ManifestError):
        from_json(b"[" * 200_000)


def test_segments_must_follow_each_other() -> None:
    segments = json.loads(to_json(example_manifest()))["segments"]
    with pytest.raises(ManifestError, match="numbered"):
        from_json(changed(segments=segments[1:]))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_document_is_worse_than_an_error(document: object) -> None:
    with pytest.raises(ManifestError):
        from_json(json.dumps(document).encode())


@given(st.binary())
def test_no_bytes_are_worse_than_an_error(text: bytes) -> None:
    with pytest.raises(ManifestError):
        from_json(text)


@pytest.mark.parametrize("text", ["", ".", "..", "a" * 36, "0192F0C4-5A6B-7C8D-9E0F-A1B2C3D4E5F6"])
def test_only_a_uuid_may_become_a_folder(text: str) -> None:
    with pytest.raises(ManifestError):
        recording_id_from(text)
