"""How recordings leave the desk, or what they wait for, in words."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from agent_client.core.status import Status
from agent_client.tray.words import Words


def sending_words(status: Status, words: Words) -> str:
    """How far the recording is that is being sent."""
    count = status.uploads_waiting
    share = min(100, 100 * status.uploads_sent // status.uploads_total)
    if count == 1:
        return words("Sending 1 recording, {percent} %", percent=share)
    return words("Sending {count} recordings, {percent} %", count=count, percent=share)


def send_now_words(status: Status, words: Words) -> str:
    """What has those that wait sent, whatever they wait for."""
    count = status.uploads_waiting
    if count == 1:
        return words("&Send 1 waiting recording now")
    return words("&Send {count} waiting recordings now", count=count)


def upload_wait_words(status: Status, words: Words) -> str:
    """A sentence, or "" where nothing but the network keeps them."""
    if status.uploads_held and status.uploads_until is not None:
        shown = _clock(status.uploads_until, words, today=status.uploads_until_today)
        return words("Recordings are sent from {time} on", time=shown)
    match status.uploads_held:
        case "":
            return ""
        case "schedule":
            return words("Recordings are sent at the time that central says")
        case "shift":
            return words("Recordings are sent after you have signed out")
        case "call":
            return words("Recordings are sent after the call")
        case "metered":
            return words("Recordings are not sent while the network costs by the byte")
        case "battery":
            return words("Recordings are sent when the battery is charged")
        case _:
            assert_never(status.uploads_held)


def _clock(at: datetime, words: Words, *, today: bool) -> str:
    """22:07, or Monday 22:07."""
    shown = f"{at:%H:%M}"
    if today:
        return shown
    days = (
        words("Monday"),
        words("Tuesday"),
        words("Wednesday"),
        words("Thursday"),
        words("Friday"),
        words("Saturday"),
        words("Sunday"),
    )
    return f"{days[at.weekday()]} {shown}"
