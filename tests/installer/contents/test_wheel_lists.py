"""What wheels say is within them."""

import json

import pytest

from installer.contents.wheel_lists import read


def test_the_package_itself_is_not_within_itself() -> None:
    told = {
        "bomFormat": "CycloneDX",
        "components": [
            {"name": "av", "version": "19.0.2", "purl": "pkg:pypi/av@19.0.2?file_name=x"},
            {
                "name": "libdrm",
                "version": "2.4.115-2.el8",
                "purl": "pkg:rpm/almalinux/libdrm@2.4.115-2.el8",
            },
            {"name": "asn1", "version": "0.24.1", "licenses": [{"expression": "BSD-3-Clause"}]},
            {"name": "pem", "version": "4.0.0", "licenses": [{"license": {"id": "MIT"}}]},
            {"name": "nameless"},
        ],
    }
    found = {one.name: one for one in read(json.dumps(told).encode())}
    assert set(found) == {"libdrm", "asn1", "pem"}
    assert found["libdrm"].purl == "pkg:rpm/almalinux/libdrm@2.4.115-2.el8"
    assert (found["asn1"].licence, found["pem"].licence) == ("BSD-3-Clause", "MIT")


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"spdxVersion": "SPDX-2.3"}'])
def test_a_list_of_another_kind_names_nothing(text: bytes) -> None:
    assert list(read(text)) == []
