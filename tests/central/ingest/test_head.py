import uuid

from tests.central.serving import Central


def test_head_says_what_is_here_and_is_never_cached(central: Central) -> None:
    desk = central.enrol()
    location = desk.created(f"{uuid.uuid4()}/000.seg", b"0123456789")
    desk.patch(location, b"012", 0)
    answer = desk.tus("HEAD", location)
    assert answer.status_code == 200
    assert answer.headers["Upload-Offset"] == "3"
    assert answer.headers["Upload-Length"] == "10"
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_upload_that_is_not_there_is_not_found(central: Central) -> None:
    assert central.enrol().tus("HEAD", "/uploads/nothing").status_code == 404


def test_another_desks_upload_is_not_found(central: Central) -> None:
    location = central.enrol().created(f"{uuid.uuid4()}/000.seg", b"0123456789")
    other = central.enrol()
    assert other.tus("HEAD", location).status_code == 404
    assert other.patch(location, b"0123", 0).status_code == 404
    assert other.tus("DELETE", location).status_code == 404
