"""When recordings may leave the desk."""

from datetime import UTC, datetime

import pytest

from contract.policy import Span, Uploading
from uploader.core import Conditions, permission

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_at_once_means_now() -> None:
    assert permission(Uploading(), NOON, Conditions(), "desk").granted


@pytest.mark.parametrize(
    ("conditions", "why"),
    [
        (Conditions(in_call=True), "call"),
        (Conditions(metered=True), "metered"),
        (Conditions(battery_percent=19), "battery"),
        (Conditions(battery_percent=20), ""),
    ],
)
def test_what_the_desk_is_like_can_hold_uploads_back(conditions: Conditions, why: str) -> None:
    uploading = Uploading(during_calls=False)
    assert permission(uploading, NOON, conditions, "desk").why == why


def test_windows_without_a_window_are_no_policy() -> None:
    with pytest.raises(ValueError, match="a window"):
        Uploading(when="windows")
    Uploading(when="windows", windows=(Span(opens="22:00", closes="06:00"),))
