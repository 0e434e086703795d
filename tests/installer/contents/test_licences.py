"""Licences by the names of SPDX."""

from email.parser import Parser

import pytest

from installer.contents.licences import in_spdx, is_spdx, of_package

_TEXT = "Permission is hereby granted, free of charge, to any person obtaining a copy of this"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("License-Expression: MIT OR Apache-2.0", "MIT OR Apache-2.0"),
        ("License: GPL v3", "GPL-3.0-only"),
        ("License: MIT", "MIT"),
        ("Classifier: License :: OSI Approved :: MIT License", "MIT"),
        (
            f"License: {_TEXT}\nClassifier: License :: OSI Approved :: MIT License",
            "MIT",
        ),
        ("License: Our own words", "Our own words"),
        ("Summary: says nothing", ""),
    ],
)
def test_a_package_says_it_in_one_of_three_ways(said: str, meant: str) -> None:
    assert of_package(Parser().parsestr(f"Name: x\n{said}\n")) == meant


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("Expat", "MIT"),
        ("BSD-3-clause or GPL-2", "BSD-3-Clause OR GPL-2.0-only"),
        ("GPL-2+ or AFL-2.1, and Expat", "GPL-2+ or AFL-2.1, and Expat"),
        ("PD", "PD"),
    ],
)
def test_words_that_are_no_names_are_kept(words: str, meant: str) -> None:
    assert in_spdx(words) == meant


def test_only_what_spdx_knows_is_an_expression() -> None:
    assert is_spdx("GPL-3.0-or-later WITH GCC-exception-3.1")
    assert not is_spdx("LicenseRef-Microsoft")
    assert not is_spdx("public domain")
    assert not is_spdx("")
