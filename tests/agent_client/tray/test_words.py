from agent_client.tray.words import english


def test_a_text_without_values_stays_as_it_is() -> None:
    assert english("100 % {sure}") == "100 % {sure}"


def test_values_stand_where_their_names_are() -> None:
    assert english("Call {call}, {length}", call="{x}", length="0:07") == "Call {x}, 0:07"
