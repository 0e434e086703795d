"""Legs: one connection of a call at this agent, as one source tells of it.

Several sources may tell of the same leg, by the same `callUuid` and by connection ids of their own.
Each has a leg here; what they say is put together as follows.

Over: a leg is over when a source has told the end of all it told of that call, unless it knew of
fewer legs than the other source: those may be others. The local API ends no leg of a source that is
heard: whoever has its token could end a recording so, without the right to pause one.

Paused or recording: the sources tell the same story, one sooner than the other. What a source says
that another one said before is that one's echo, and news to nobody. So a resume told by the quicker
source holds though the slower one tells of the pause only now.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum, auto

from agent_client.core.call import Call, CallDetails, RecordingState
from agent_client.core.events import Source

SLOWEST = timedelta(seconds=30)  # so far behind another a source may be
_FLIPS_KEPT = 16
_PAUSED, _RECORDING = RecordingState.PAUSED, RecordingState.RECORDING


class Notice(Enum):
    """What a message showed about Workspace's own recording."""

    PAUSED = auto()  # a leg that was not paused is
    RESUMED = auto()  # a leg that was paused records


@dataclass(frozen=True, slots=True)
class News:
    """What comes with a message: who tells, and when."""

    source: Source
    number: int  # of the event
    now: timedelta
    lost: frozenset[Source]  # these have no say any more


@dataclass(frozen=True, slots=True)
class Flip:
    """The recording of a leg came to be in this state, or was ordered to."""

    state: RecordingState
    place: int  # in the story: what came later has a greater one
    at: timedelta


@dataclass(frozen=True, slots=True)
class VoiceOrder:
    """What Workspace was last asked for a leg whose recording is not as it should be."""

    silent: bool
    attempt: int  # 1, 2, ...
    given_at: timedelta
    asking: bool = True  # False: nobody waits for it any more, but its echo may come
    failed: str = ""  # code of the last failure

    @property
    def wanted(self) -> RecordingState:
        """What Workspace will report once it has obeyed."""
        return _PAUSED if self.silent else _RECORDING


@dataclass(frozen=True, slots=True)
class Leg:
    """One connection of a call at this agent, by one source."""

    call: Call  # as last told; what was left out is as it was before
    heard: int  # the number of the event that last spoke of it
    source: Source
    call_ids: frozenset[str]  # every `callUuid` it had
    said_over: bool = False  # its own source says so; it may be over before, by another's word
    as_of: int = 0  # the place of the flip after which its recording is as this source says
    flips: tuple[Flip, ...] = ()  # that this source was the first to tell, or was asked for
    order: VoiceOrder | None = None  # until it is fulfilled, or nobody waits for it
    doubted: int | None = None  # the number of the listing that first said it records again

    @property
    def live(self) -> bool:
        """Not yet released."""
        return not self.call.state.over

    def same(self, other: Leg) -> bool:
        """Two words on one leg, or on legs of one call."""
        return bool(self.call_ids & other.call_ids or self._ids & other._ids)

    @property
    def _ids(self) -> frozenset[str]:
        ids = self.call.connection_id, self.call.previous_connection_id
        return frozenset(one for one in ids if one)


def first_word(call: Call, news: News, others: tuple[Leg, ...]) -> tuple[Leg, Notice | None]:
    """A source tells of a leg that it did not tell of before; `others` by other sources."""
    told = _recording_told(call)
    call_ids = frozenset({call.call_id} if call.call_id else ())
    over = call.state.over
    leg = Leg(replace(call, recording=told), news.number, news.source, call_ids, over)
    if told is None or over:
        return leg, None
    known = _known(leg, told, others, news)
    if known is not None:
        return replace(leg, as_of=known), None
    if told is not _PAUSED and any(one.live and one.call.recording for one in others):
        return leg, None  # nothing is known of when that was
    return _flipped(leg, told, news), Notice.PAUSED if told is _PAUSED else None


def next_word(
    leg: Leg, call: Call, news: News, others: tuple[Leg, ...]
) -> tuple[Leg, Notice | None]:
    """A source tells again of its leg; what it leaves out stays as it was."""
    was, told = leg.call, _recording_told(call)
    if told is _RECORDING and was.recording is _PAUSED and _older(call, was):
        told = None
    kept = replace(
        call,
        recording=told or was.recording,
        details=was.details if call.details == CallDetails() else call.details,
        parent_connection_id=call.parent_connection_id or was.parent_connection_id,
        previous_connection_id=call.previous_connection_id or was.previous_connection_id,
        started_at=call.started_at or was.started_at,
        seconds=was.seconds if call.seconds is None else call.seconds,
    )
    ids = leg.call_ids | ({call.call_id} if call.call_id else frozenset())
    over = leg.said_over or call.state.over
    after = replace(leg, call=kept, heard=news.number, call_ids=ids, said_over=over, doubted=None)
    if told is None or call.state.over:
        return after, None
    if told is was.recording:
        notice = _contradiction(leg, told, others, news)
        return (_flipped(after, told, news) if notice else after), notice
    if leg.order is not None and told is leg.order.wanted:
        return replace(after, as_of=_ordered(leg, told, news)), None
    known = _known(leg, told, others, news)
    if known is not None:
        return replace(after, as_of=known), None
    return _flipped(after, told, news), _notice(was, kept)


def with_order(leg: Leg, order: VoiceOrder, news: News) -> Leg:
    """An order is given: soon each source will report that it was obeyed."""
    flip = Flip(order.wanted, 2 * news.number + 1, news.now)  # after what was told by that event
    return replace(leg, order=order, flips=(*leg.flips, flip)[-_FLIPS_KEPT:])


def without_flip(leg: Leg, order: VoiceOrder) -> Leg:
    """Its order failed: nothing will report that it was obeyed."""
    flips = tuple(
        flip for flip in leg.flips if (flip.state, flip.at) != (order.wanted, order.given_at)
    )
    return replace(leg, flips=flips)


def ended_by(leg: Leg, legs: Iterable[Leg], lost: frozenset[Source]) -> bool:
    """Whether another source has told the end of this leg; `legs` are the family's, with it."""
    call = [one for one in legs if one is leg or one.same(leg)]
    own = sum(one.source is leg.source for one in call)
    for source in {one.source for one in call} - {leg.source}:
        if source is Source.API and leg.source not in lost:
            continue  # any program of the agent's can say so, also one that may not pause
        theirs = [one for one in call if one.source is source]
        gone = leg.source in lost and source not in lost
        knew_all = gone or len(theirs) >= own
        if knew_all and all(one.said_over for one in theirs) and not _rang_anew(leg, theirs):
            return True
    return False


def _rang_anew(leg: Leg, others: Iterable[Leg]) -> bool:
    """It began after all of these."""
    began = leg.call.started_at
    return all(one.call.started_at and began > one.call.started_at for one in others)


def _known(leg: Leg, told: RecordingState, others: tuple[Leg, ...], news: News) -> int | None:
    """The place of the flip to this state that another source told before, if there is one.

    If that one is lost since, a pause may be another, which it could not tell any more.
    """
    ours = [one for one in others if told is not _PAUSED or one.source not in news.lost]
    flips = sorted((flip for one in ours for flip in one.flips), key=lambda flip: flip.place)
    for flip in flips:
        if flip.place > leg.as_of and flip.state is told and news.now < flip.at + SLOWEST:
            return flip.place
    ahead = max(
        (one for one in others if one.live and one.source not in news.lost),
        key=lambda one: one.as_of,
        default=None,
    )
    agreed = ahead is not None and ahead.as_of > leg.as_of and ahead.call.recording is told
    return ahead.as_of if ahead is not None and agreed else None


def _contradiction(
    leg: Leg, told: RecordingState, others: tuple[Leg, ...], news: News
) -> Notice | None:
    """A source says again what others said was over, and not because it is slow.

    That it is paused is believed. That it records is, if those who called it paused are lost.
    """
    ahead = [
        one
        for one in others
        if one.live and one.as_of > leg.as_of and one.call.recording not in {None, told}
    ]
    slow = any(
        flip.place > leg.as_of and news.now < flip.at + SLOWEST
        for one in ahead
        for flip in one.flips
    )
    if not ahead or slow:
        return None
    if told is _PAUSED:
        return Notice.PAUSED
    believed = told is _RECORDING and all(one.source in news.lost for one in ahead)
    return Notice.RESUMED if believed and leg.source not in news.lost else None


def _ordered(leg: Leg, told: RecordingState, news: News) -> int:
    """The place at which this was ordered."""
    places = [flip.place for flip in leg.flips if flip.state is told]
    return max(places, default=2 * news.number)


def _flipped(leg: Leg, told: RecordingState, news: News) -> Leg:
    flip = Flip(told, 2 * news.number, news.now)
    return replace(leg, as_of=flip.place, flips=(*leg.flips, flip)[-_FLIPS_KEPT:])


def _notice(was: Call, now: Call) -> Notice | None:
    if now.recording is _PAUSED:
        return Notice.PAUSED
    # A leg that was renamed may record anew: that is for us to pause, and nobody's wish to go on.
    same = was.connection_id == now.connection_id
    if same and (was.recording, now.recording) == (_PAUSED, _RECORDING):
        return Notice.RESUMED
    return None


def _older(call: Call, was: Call) -> bool:
    """The call had lasted less long when this was said: it was said before, and comes late."""
    return (
        call.connection_id == was.connection_id
        and call.seconds is not None
        and was.seconds is not None
        and call.seconds < was.seconds
    )


def _recording_told(call: Call) -> RecordingState | None:
    """What a message says of the recording; SIP Server's own word in the attached data counts."""
    if ("GSIP_RECORD", "PAUSED") in call.details.user_data:
        return _PAUSED
    return call.recording
