"""Comparing packages that different tools built."""

from collections.abc import Callable

from installer.windows.tables import Tables, differences


def test_what_one_package_says_and_the_other_does_not_is_told(
    tables: Tables, changed: Callable[..., dict[str, list[dict[str, str]]]]
) -> None:
    other = changed("Registry", "Value", "[PORTS]", Registry="Value_PORT")
    told = list(differences(tables, other))
    assert len(told) == 2
    assert "only the first has Value_PORT" in told[0]
    assert "only the second has Value_PORT" in told[1]


def test_what_a_builder_chooses_is_not_compared(
    tables: Tables, changed: Callable[..., dict[str, list[dict[str, str]]]]
) -> None:
    for other in (
        changed("File", "FileName", "O1.EXE|twinreel-agent.exe", File="twinreel_agent.exe"),
        changed("File", "Sequence", "7", File="twinreel_agent.exe"),
        changed("Directory", "DefaultDir", "PFiles", Directory="ProgramFiles64Folder"),
    ):
        assert list(differences(tables, other)) == []
