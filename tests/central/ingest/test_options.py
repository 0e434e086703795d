from tests.central.serving import Central


def test_options_says_what_is_spoken(central: Central) -> None:
    answer = central.enrol().ask("OPTIONS", "/uploads")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"].split(",") == [
        "creation",
        "creation-with-upload",
        "checksum",
        "expiration",
        "termination",
    ]
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha256,sha1"


def test_another_version_of_tus_is_refused(central: Central) -> None:
    answer = central.enrol().ask("POST", "/uploads", b"", {"Tus-Resumable": "0.2.2"})
    assert answer.status_code == 412
    assert answer.headers["Tus-Version"] == "1.0.0"
