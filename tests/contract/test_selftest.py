import json

from contract.selftest import Check, Lacking, Verdict, findings, passed, report


def _well() -> str:
    return "all\n  there"


def _lacking() -> str:
    raise Lacking("no display")


def _bad() -> str:
    raise FileNotFoundError("boot.js")


WELL = Check("encoder", "Nothing can be recorded.", _well)
LACKING = Check("screen", "Nothing can be seen.", _lacking)
BAD = Check("proxy rules", "A proxy file cannot be followed.", _bad)


def test_a_check_that_fails_keeps_no_other_from_being_asked() -> None:
    verdicts = [one.verdict for one in findings([BAD, LACKING, WELL])]
    assert verdicts == [Verdict.BAD, Verdict.LACKING, Verdict.WELL]


def test_what_this_session_lacks_is_no_failure_of_the_program() -> None:
    assert passed(findings([WELL, LACKING]))
    assert not passed(findings([WELL, BAD]))


def test_people_read_what_does_not_work_below_what_was_found() -> None:
    lines = report("twinreel-agent", "1.0", findings([WELL, LACKING, BAD]), as_json=False)
    assert lines.splitlines() == [
        "twinreel-agent 1.0 tests itself",
        "ok  encoder      all there",
        "--  screen       no display",
        "    Nothing can be seen.",
        "BAD proxy rules  FileNotFoundError: boot.js",
        "    A proxy file cannot be followed.",
        "3 checked, 1 bad, 1 not possible here",
    ]


def test_programs_read_json() -> None:
    told = json.loads(report("twinreel-agent", "1.0", findings([BAD]), as_json=True))
    assert told["passed"] is False
    assert told["checks"] == [
        {
            "name": "proxy rules",
            "verdict": "bad",
            "said": "FileNotFoundError: boot.js",
            "otherwise": "A proxy file cannot be followed.",
        }
    ]
