from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.voice.multipart import MultipartError, PartBegins, Reader, boundary

MARK = b"b0undary"


def _form(parts: dict[str, bytes]) -> bytes:
    body = b""
    for name, data in parts.items():
        head = f'Content-Disposition: form-data; name="{name}"; filename="x"\r\nX-Other: y'
        body += b"--" + MARK + b"\r\n" + head.encode() + b"\r\n\r\n" + data + b"\r\n"
    return body + b"--" + MARK + b"--\r\n"


def _read(pieces: list[bytes]) -> tuple[dict[str, bytes], bool]:
    reader, read, name = Reader(MARK), dict[str, bytes](), ""
    for piece in pieces:
        for event in reader.feed(piece):
            if isinstance(event, PartBegins):
                name = event.name
                read[name] = b""
            else:
                read[name] += event.data
    return read, reader.ended


@given(
    audio=st.binary(max_size=300) | st.sampled_from([b"\r\n--b0undar", b"\r\n--", b"--b0undary"]),
    cuts=st.lists(st.integers(0, 700), max_size=8),
)
def test_however_a_body_is_cut_its_parts_are_the_same(audio: bytes, cuts: list[int]) -> None:
    parts = {"metadata": b"{}", "audio": audio, "last": b""}
    body = _form(parts)
    places = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    pieces = [body[start:end] for start, end in pairwise(places)]
    assert _read(pieces) == (parts, True)


def test_a_cut_body_has_not_ended() -> None:
    assert _read([_form({"audio": b"x" * 100})[:-10]])[1] is False


def test_what_follows_the_end_is_nobodys() -> None:
    assert _read([_form({"audio": b"x"}) + b"epilogue"]) == ({"audio": b"x"}, True)


@pytest.mark.parametrize(
    "body",
    [
        b"--b0undaryX\r\n\r\n",
        b"--b0undary\r\nContent-Type: text/plain\r\n\r\n",
        b"--b0undary\r\n\r\n\r\n",
        b"--b0undary\r\n" + b"X-Long: y\r\n" * 2_000,
    ],
)
def test_a_body_that_is_no_form_is_refused(body: bytes) -> None:
    with pytest.raises(MultipartError):
        list(Reader(MARK).feed(body))


@pytest.mark.parametrize("given_type", ["", "text/plain", "multipart/form-data", "multipart/mixed"])
def test_another_content_type_is_refused(given_type: str) -> None:
    with pytest.raises(MultipartError):
        boundary(given_type)


def test_a_boundary_may_be_quoted() -> None:
    assert boundary('multipart/form-data; boundary="a b"') == b"a b"
