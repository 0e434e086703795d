"""The client started again, and orders that come late."""

from datetime import timedelta

from uploader.core import Restarts, still_counts

NOW = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def test_the_client_is_started_again_five_times_an_hour_at_most() -> None:
    restarts = Restarts()
    for minute in range(5):
        assert restarts.may(timedelta(minutes=minute))
        restarts = restarts.another(timedelta(minutes=minute))
    assert not restarts.may(timedelta(minutes=59))
    assert restarts.may(timedelta(minutes=60))
    assert not restarts.another(timedelta(minutes=60)).may(timedelta(minutes=60))


def test_a_late_pause_is_carried_out_and_a_late_record_now_is_not() -> None:
    assert still_counts("pause", timedelta(hours=1))
    assert still_counts("record-now", 59 * SECOND)
    assert not still_counts("record-now", 60 * SECOND)
