"""What an administrator types about uploads and spools becomes policy, or is refused in words."""

from __future__ import annotations

import pytest

from central.services.errors import Unusable
from central.services.policy_changes import Wishes, changed
from central.services.upload_wishes import UploadWishes, bits_text, bytes_text, rate_text, span_text
from contract.policy import Day, Policy, Rate, Span, Spooling, Uploading
from tests.central.services.test_policy_changes import OLD

WEEKDAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri")


def after(wishes: UploadWishes, old: Policy = OLD) -> Policy:
    return changed(old, Wishes(uploads=wishes))


def test_every_setting_can_be_set() -> None:
    policy = after(
        UploadWishes(
            when="windows",
            interval="15",
            windows=["mon-fri 22:00-06:00", "sat,sun 00:00-00:00"],
            spread="120",
            during_calls="off",
            early="off",
            rate="2M",
            rates=["mon-fri 8:00-18:00=500k", "12:00-13:00=none"],
            call_rate="64000",
            metered="on",
            least_battery="35",
            flush="60",
            secret_days="0",
            quota="20G",
            least_free_percent="2.5",
            least_free="512M",
        )
    )
    assert policy.uploading == Uploading(
        when="windows",
        interval_minutes=15,
        windows=(
            Span(opens="22:00", closes="06:00", days=WEEKDAYS),
            Span(opens="00:00", closes="00:00", days=("sat", "sun")),
        ),
        spread_minutes=120,
        during_calls=False,
        early_segments=False,
        bits_per_second=2_000_000,
        rates=(
            Rate(
                within=Span(opens="08:00", closes="18:00", days=WEEKDAYS), bits_per_second=500_000
            ),
            Rate(within=Span(opens="12:00", closes="13:00"), bits_per_second=0),
        ),
        call_bits_per_second=64_000,
        metered=True,
        least_battery_percent=35,
        flush_seconds=60,
        secret_days=0,
    )
    assert policy.spooling == Spooling(
        quota_bytes=20 * 2**30, least_free_percent=2.5, least_free_bytes=512 * 2**20
    )


def test_what_is_not_named_stays() -> None:
    first = after(UploadWishes(when="windows", windows=["22:00-06:00"], rates=["8:00-9:00=1M"]))
    second = after(UploadWishes(spread="5"), first)
    assert second.uploading.windows == first.uploading.windows
    assert second.uploading.rates == first.uploading.rates
    assert (second.uploading.when, second.uploading.spread_minutes) == ("windows", 5)
    third = after(UploadWishes(when="at-once", windows=["none"], rates=["none"]), second)
    assert (third.uploading.windows, third.uploading.rates) == ((), ())
    assert after(UploadWishes()) == OLD


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        (UploadWishes(when="windows"), "--upload-when windows needs a window"),
        (UploadWishes(interval="0"), "from 1 to 1440 can be: --upload-interval 0"),
        (UploadWishes(interval="1441"), "from 1 to 1440"),
        (UploadWishes(interval="an hour"), "not a whole number: --upload-interval an hour"),
        (UploadWishes(spread="721"), "from 0 to 720 can be: --upload-spread"),
        (UploadWishes(least_battery="101"), "from 0 to 100 can be: --upload-least-battery"),
        (UploadWishes(flush="nan"), "from 0 to 600 can be: --upload-flush"),
        (UploadWishes(secret_days="-1"), "from 0 to 3650 can be: --secret-days"),
        (UploadWishes(least_free_percent="51"), "from 0 to 50 can be: --spool-least-free-percent"),
        (UploadWishes(rate="fast"), "not an amount, as 500k, 2M, 20G or none: --upload-rate fast"),
        (UploadWishes(quota="-1"), "not an amount"),
        (UploadWishes(quota="99999T"), "more than any desk can have: --spool-quota"),
        (UploadWishes(windows=["at night"]), "not a part of the week"),
        (UploadWishes(windows=["22:00-24:00"]), "ends at 00:00"),
        (UploadWishes(windows=["22-6"]), "not a time of day, as 22:00"),
        (UploadWishes(windows=["mo-fr 22:00-06:00"]), "not days, as mon-fri or sat,sun"),
        (UploadWishes(rates=["mon 08:00-18:00"]), "not a rate"),
    ],
)
def test_what_cannot_be_is_refused_with_the_options_name(wishes: UploadWishes, words: str) -> None:
    with pytest.raises(Unusable) as refused:
        after(wishes)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("mon-fri/22:00-06:00", "mon-fri/22:00-06:00"),
        ("mon-fri 22:00-06:00", "mon-fri/22:00-06:00"),
        ("FRI-mon 9:05-10:00", "mon,fri-sun/09:05-10:00"),
        ("sun,sat/00:00 - 00:00", "sat,sun/00:00-00:00"),
        ("mon,wed,wed 10:00-11:00", "mon,wed/10:00-11:00"),
        ("10:00-11:00", "10:00-11:00"),
    ],
)
def test_a_part_of_the_week_is_shown_as_it_may_be_typed(typed: str, shown: str) -> None:
    (window,) = after(UploadWishes(windows=[typed])).uploading.windows
    assert span_text(window) == shown
    assert after(UploadWishes(windows=[shown])).uploading.windows == (window,)


@pytest.mark.parametrize("bits", [0, 1, 64_000, 500_000, 2_000_000, 1_500_000, 10**12, 1_234_567])
def test_amounts_are_shown_as_they_may_be_typed(bits: int) -> None:
    rate = Rate(within=Span(opens="08:00", closes="09:00"), bits_per_second=bits)
    typed = UploadWishes(rate=bits_text(bits), quota=bytes_text(bits), rates=[rate_text(rate)])
    policy = after(typed)
    assert policy.uploading.bits_per_second == policy.spooling.quota_bytes == bits
    assert policy.uploading.rates == (rate,)
