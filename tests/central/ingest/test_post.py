import base64
import uuid
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest
import requests

from tests.central.serving import BYTES, Central, Desk

_ID = "0192f0c4-5a6b-7c8d-9e0f-a1b2c3d4e5f6"


def _key(name: str = "000.seg") -> str:
    return f"{uuid.uuid4()}/{name}"


def test_a_created_upload_has_an_absolute_location_and_nothing_yet(central: Central) -> None:
    desk = central.enrol()
    answer = desk.create(_key(), b"x" * 10)
    assert answer.status_code == 201
    assert answer.headers["Location"].startswith(central.url + "/uploads/")
    assert answer.headers["Upload-Offset"] == "0"
    assert "Upload-Expires" in answer.headers
    assert answer.headers["Tus-Resumable"] == "1.0.0"


def test_creation_may_bring_the_bytes(central: Central) -> None:
    desk = central.enrol()
    content = b"all of it"
    answer = desk.tus(
        "POST",
        "/uploads",
        content,
        Content_Type=BYTES,
        Idempotency_Key=_key(),
        Upload_Length=str(len(content)),
    )
    assert answer.status_code == 201
    assert desk.offset(answer.headers["Location"]) == len(content)


def test_the_same_key_again_is_the_same_upload_with_what_it_has(central: Central) -> None:
    desk = central.enrol()
    key, content = _key(), b"0123456789"
    location = desk.created(key, content)
    desk.patch(location, content[:4], 0)
    again = desk.create(key, content)
    assert again.status_code == 200
    assert again.headers["Location"] == location
    assert again.headers["Upload-Offset"] == "4"


def test_two_creations_at_once_are_one_upload(central: Central) -> None:
    desk = central.enrol()
    key = _key()

    def create(_: int) -> str:
        one = Desk(central, desk.device_id, desk.secret, desk.root)
        return one.create(key, b"content").headers["Location"]

    with ThreadPoolExecutor(6) as pool:
        locations = set(pool.map(create, range(12)))
    assert len(locations) == 1
    recording_id = key.split("/")[0]
    assert len([path for path in central.files() if recording_id in path]) == 1


@pytest.mark.parametrize("other", [b"longer content", b"CONTENT"])
def test_another_file_under_the_same_key_is_a_conflict(central: Central, other: bytes) -> None:
    desk = central.enrol()
    key = _key()
    desk.created(key, b"content")
    answer = desk.create(key, other)
    assert (answer.status_code, answer.json()["error"]) == (409, "conflict")


def test_desks_do_not_share_keys(central: Central) -> None:
    key = _key()
    assert central.enrol().created(key, b"one") != central.enrol().created(key, b"two")


def test_empty_metadata_are_accepted(central: Central) -> None:
    answer = central.enrol().create(_key(), b"x", Upload_Metadata="")
    assert answer.status_code == 201


def test_a_plain_client_may_name_the_file_in_its_metadata(central: Central) -> None:
    named = {"recording_id": str(uuid.uuid4()), "filename": "details"}
    metadata = ",".join(
        f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in named.items()
    )
    answer = central.enrol().tus("POST", "/uploads", Upload_Length="3", Upload_Metadata=metadata)
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "key",
    ["no-uuid/000.seg", f"{_ID}/../../x", f"{_ID}/x.exe", _ID],
)
def test_a_key_that_is_no_file_of_a_recording_is_refused(central: Central, key: str) -> None:
    assert central.enrol().create(key, b"x").status_code == 422


def test_a_file_longer_than_any_is_refused(central: Central) -> None:
    answer = central.enrol().tus(
        "POST", "/uploads", Idempotency_Key=_key(), Upload_Length=str(2**50)
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("length", ["", "-1", "ten", "9" * 40])
def test_a_length_that_is_none_is_refused(central: Central, length: str) -> None:
    answer = central.enrol().tus("POST", "/uploads", Idempotency_Key=_key(), Upload_Length=length)
    assert answer.status_code == 400


def test_an_empty_file_is_complete_when_created(central: Central) -> None:
    desk = central.enrol()
    assert desk.offset(desk.created(_key(), b"")) == 0


@pytest.mark.parametrize("credential", ["", "Bearer x.y", "Bearer", "Basic x"])
def test_nobody_uploads_without_a_credential(central: Central, credential: str) -> None:
    answer = requests.post(
        central.url + "/uploads",
        headers={
            "Tus-Resumable": "1.0.0",
            "Authorization": credential,
            "Upload-Length": "1",
            "Idempotency-Key": _key(),
            "Repr-Digest": f"sha-256=:{base64.b64encode(sha256(b'x').digest()).decode()}:",
        },
        timeout=60,
    )
    assert answer.status_code == 401
