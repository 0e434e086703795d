import uuid

from tests.central.serving import Central


def test_a_deleted_upload_is_gone_with_its_file(central: Central) -> None:
    desk = central.enrol()
    recording_id = str(uuid.uuid4())
    location = desk.created(f"{recording_id}/000.seg", b"0123456789")
    desk.patch(location, b"012", 0)
    assert any(recording_id in path for path in central.files())
    assert desk.tus("DELETE", location).status_code == 204
    assert desk.tus("HEAD", location).status_code == 404
    assert not any(recording_id in path for path in central.files())


def test_after_a_deletion_the_key_may_be_used_again(central: Central) -> None:
    desk = central.enrol()
    key = f"{uuid.uuid4()}/000.seg"
    location = desk.created(key, b"content")
    desk.tus("DELETE", location)
    assert desk.created(key, b"other content") != location
