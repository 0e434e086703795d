"""Films as bytes: ranges, rights, and what the audit says of them."""

from __future__ import annotations

from hashlib import sha256

import pytest
import requests

from tests.central.web.conftest import Pages

FILM = "/calls/CALL-1/film.mp4"


@pytest.fixture(scope="module")
def sue(pages: Pages) -> requests.Session:
    return pages.signed_in("sue")


@pytest.fixture(scope="module")
def whole(pages: Pages, sue: requests.Session) -> requests.Response:
    answer = sue.get(pages.url + FILM, timeout=30)
    assert answer.status_code == 200
    return answer


def test_the_whole_film_has_the_digest_that_is_promised(whole: requests.Response) -> None:
    assert whole.headers["ETag"] == f'"{sha256(whole.content).hexdigest()}"'
    assert whole.headers["Content-Type"] == "video/mp4"
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert "no-store" in whole.headers["Cache-Control"]
    assert len(whole.content) > 200_000  # more than three frames of the vault


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        ("bytes=65530-65545", 65_530, 65_546),
        ("bytes=100000-", 100_000, None),
        ("bytes=-1", -1, None),
        ("bytes=5-99999999999", 5, None),
    ],
)
def test_a_range_is_exactly_that_part(  # noqa: PLR0913, PLR0917 - what pytest hands in
    pages: Pages,
    sue: requests.Session,
    whole: requests.Response,
    asked: str,
    start: int,
    end: int | None,
) -> None:
    answer = sue.get(pages.url + FILM, headers={"Range": asked}, timeout=30)
    assert answer.status_code == 206
    assert answer.content == whole.content[start:end]
    first = start % len(whole.content)
    last = first + len(answer.content) - 1
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(whole.content)}"


def test_a_range_beyond_the_end_is_refused(
    pages: Pages, sue: requests.Session, whole: requests.Response
) -> None:
    answer = sue.get(
        pages.url + FILM, headers={"Range": f"bytes={len(whole.content)}-"}, timeout=30
    )
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(whole.content)}"


def test_a_range_of_another_film_gives_the_whole(
    pages: Pages, sue: requests.Session, whole: requests.Response
) -> None:
    headers = {"Range": "bytes=5-9", "If-Range": '"another"'}
    answer = sue.get(pages.url + FILM, headers=headers, timeout=30)
    assert answer.status_code == 200
    headers["If-Range"] = whole.headers["ETag"]
    assert sue.get(pages.url + FILM, headers=headers, timeout=30).content == whole.content[5:10]


def test_head_tells_the_length_and_sends_nothing(
    pages: Pages, sue: requests.Session, whole: requests.Response
) -> None:
    answer = sue.head(pages.url + FILM, timeout=30)
    assert answer.status_code == 200
    assert answer.headers["Content-Length"] == str(len(whole.content))
    assert answer.content == b""


def test_only_who_may_gets_a_byte(pages: Pages, sue: requests.Session) -> None:
    nobody = requests.Session()
    nobody.trust_env = False
    wanted = {
        (nobody, FILM): 401,
        (sue, "/calls/CALL-3/film.mp4"): 404,  # another unit's
        (sue, "/calls/CALL-1/download"): 403,
        (sue, "/calls/NONE/film.mp4"): 404,
        (sue, FILM + "?v=7"): 404,
        (pages.signed_in("rita"), FILM): 403,
        (pages.signed_in("otto"), FILM): 404,
    }
    for (session, path), status in wanted.items():
        answer = session.get(pages.url + path, timeout=30)
        assert (path, answer.status_code) == (path, status)
        assert len(answer.content) < 200


def test_only_get_and_head_are_understood(pages: Pages, sue: requests.Session) -> None:
    assert sue.delete(pages.url + FILM, timeout=30).status_code == 405


def test_what_belongs_to_the_film_comes_too(pages: Pages, sue: requests.Session) -> None:
    base = f"{pages.url}/calls/CALL-1"
    assert sue.get(f"{base}/contact.png", timeout=30).content.startswith(b"\x89PNG")
    timeline = sue.get(f"{base}/timeline.json", timeout=30).json()
    assert timeline["length_us"] == 18_000_000
    peaks = sue.get(f"{base}/peaks.json", timeout=30).json()
    assert len(peaks["agent"]) == 360


def _audit(pages: Pages, **asked: str) -> str:
    return pages.signed_in("carla").get(f"{pages.url}/audit", params=asked, timeout=30).text


def test_playing_is_in_the_audit_once_for_each_viewing(
    pages: Pages, sue: requests.Session, whole: requests.Response
) -> None:
    assert whole.ok
    for start in (0, 1000, 2000):
        sue.get(pages.url + FILM, headers={"Range": f"bytes={start}-"}, timeout=30)
    text = _audit(pages, tag="film:played", actor="sue", subject="CALL-1")
    played = text.count('class="code">CALL-1')
    pages.signed_in("sue").get(pages.url + FILM, headers={"Range": "bytes=0-9"}, timeout=30)
    text = _audit(pages, tag="film:played", actor="sue", subject="CALL-1")
    assert text.count('class="code">CALL-1') == played + 1
    assert whole.headers["ETag"].strip('"') in text


def test_a_download_is_in_the_audit_and_carries_a_name_and_a_digest(pages: Pages) -> None:
    carla = pages.signed_in("carla")
    answer = carla.get(f"{pages.url}/calls/CALL-1/download", timeout=30)
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''CALL-1.mp4"
    assert answer.headers["Repr-Digest"].startswith("sha-256=:")
    assert "CALL-1" in _audit(pages, tag="film:exported", actor="carla")


def test_a_film_out_of_reach_that_was_asked_for_is_in_the_audit(
    pages: Pages, sue: requests.Session
) -> None:
    for path in ("film.mp4", "download", ""):
        answer = sue.get(f"{pages.url}/calls/CALL-3/{path}".rstrip("/"), timeout=30)
        assert answer.status_code == 404
    for tag in ("film:played", "film:exported", "film:opened"):
        text = _audit(pages, tag=tag, actor="sue", subject="CALL-3")
        assert 'class="denied"' in text, tag


def test_cookies_of_others_do_not_matter(pages: Pages, sue: requests.Session) -> None:
    session = sue.cookies["sessionid"]
    headers = {"Cookie": f'a[1]=x; {{"json": 1}}; sessionid={session}; b="'}
    answer = requests.get(pages.url + FILM, headers=headers, timeout=30)
    assert answer.status_code == 200


@pytest.mark.parametrize("version", ["99999999999999999999", "9" * 5_000, "x"])
def test_a_version_that_is_none_is_not_found(
    pages: Pages, sue: requests.Session, version: str
) -> None:
    answer = sue.get(f"{pages.url}{FILM}?v={version}", headers={"Range": "bytes=0-0"}, timeout=30)
    assert answer.status_code in {206, 404}


def test_refusals_are_in_the_audit(pages: Pages) -> None:
    pages.signed_in("rita").get(pages.url + FILM, timeout=30)
    text = _audit(pages, tag="film:played", actor="rita")
    assert 'class="denied"' in text


def test_a_typed_password_in_the_name_field_is_not_kept(pages: Pages) -> None:
    session = requests.Session()
    session.trust_env = False
    session.get(f"{pages.url}/sign-in", timeout=30)
    typed = {"username": "hunter2-secret", "password": "x"}
    token = session.cookies["csrftoken"]
    answer = session.post(
        f"{pages.url}/sign-in", {**typed, "csrfmiddlewaretoken": token}, timeout=30
    )
    assert answer.status_code == 403
    text = _audit(pages, tag="person:sign-in-refused")
    assert "unknown person" in text
    assert "hunter2" not in text


@pytest.mark.parametrize("name", ["adam2", "gil"])  # nobody, and somebody: it looks the same
def test_guessing_is_slowed_down(pages: Pages, name: str) -> None:
    session = requests.Session()
    session.trust_env = False
    session.get(f"{pages.url}/sign-in", timeout=30)
    statuses = []
    for _ in range(11):
        form = {
            "username": name,
            "password": "x",
            "csrfmiddlewaretoken": session.cookies["csrftoken"],
        }
        statuses.append(session.post(f"{pages.url}/sign-in", form, timeout=30).status_code)
    assert statuses == [403] * 10 + [429]
    pages.signed_in("sue")  # others are let in


def test_pages_forbid_inline_scripts_and_other_sites(pages: Pages, sue: requests.Session) -> None:
    answer = sue.get(f"{pages.url}/calls/CALL-1", timeout=30)
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "style=" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
