"""Central's page in a real browser, inside a false Workspace, with the client's engine and door."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Browser, expect

from bench.stage.display import wait_for
from bench.stage.office import free_port
from bench.stage.wwe import wwe
from tests.agent_client.workspace.bridge_staging import DeskInThread, desk_at
from tests.agent_client.workspace.page.seating import PATIENCE, Office, Seat, seat


def test_a_call_is_recorded_from_its_answer_to_the_end_of_after_call_work(john: Seat) -> None:
    call_id = john.rings()
    john.until(
        "the ringing call",
        lambda: "Pause recording" in john.ours.locator("button").first.inner_text(),
    )
    assert john.desk.did == []
    john.wwe(f"answer('{call_id}')")
    john.shows("recording")
    assert john.desk.status.agent_id == "JohnSmith"
    assert john.desk.did[:2] == ["OpenRecording", "ResumeCapture"]
    john.picture("recording")
    john.ends(call_id)
    john.until("the recording to close", lambda: john.desk.did[-1] == "CloseRecording")


def test_a_pause_in_the_page_pauses_voice_and_screen(john: Seat) -> None:
    call_id = john.answers()
    john.button("Pause recording").click()
    john.shows("paused")
    john.until("voice to pause", lambda: john.voice(call_id) == "PAUSED")
    assert not john.filming()
    john.picture("paused")
    john.button("Resume recording").click()
    john.shows("recording")
    john.until("voice to resume", lambda: john.voice(call_id) == "RECORDING")
    assert john.filming()
    john.ends(call_id)


def test_a_pause_in_workspace_pauses_the_screen_and_the_page_says_so(john: Seat) -> None:
    call_id = john.answers()
    john.wwe(f"recording('{call_id}', 'PAUSED')")
    john.shows("paused")
    expect(john.ours.locator("#headline")).to_have_text(
        "Paused: neither voice nor screen is recorded"
    )
    assert not john.filming()
    john.wwe(f"recording('{call_id}', 'RECORDING')")
    john.shows("recording")
    assert john.filming()
    john.ends(call_id)


def test_news_of_another_channel_between_release_and_after_call_work_ends_nothing(
    john: Seat,
) -> None:
    call_id = john.answers()
    john.wwe(f"release('{call_id}')")
    john.shows("wrap-up")
    told = john.desk.engine.taken
    john.wwe("publish('media', {name: 'email', state: {type: 'READY'}})")
    john.until("the page to say what the agent does", lambda: john.desk.engine.taken > told)
    john.shows("wrap-up")
    john.wwe("be('NOT_READY_AFTER_CALLWORK')")
    john.until("after-call work", lambda: bool(john.desk.engine.world.agent.wrapping_up))
    john.shows("wrap-up")
    assert "CloseRecording" not in john.desk.did


def test_a_pause_counts_at_once_while_calls_are_listed_and_after_the_older_listing(
    john: Seat,
) -> None:
    listing = "interaction.getInteractions"
    call_id = john.answers()
    john.wwe(f"hold('{listing}')")
    asked = john.asked(listing)
    john.until("a listing", lambda: john.asked(listing) > asked)
    john.wwe(f"recording('{call_id}', 'PAUSED')")
    john.shows("paused")
    john.wwe(f"free('{listing}')")
    john.until("another listing", lambda: john.asked(listing) > asked + 1)
    told = john.desk.listings
    john.until("a listing of the pause", lambda: john.desk.listings > told)
    john.shows("paused")
    assert not john.filming()
    john.wwe(f"recording('{call_id}', 'RECORDING')")
    john.shows("recording")
    john.ends(call_id)


def test_hold_and_consultation_are_recorded_as_one(john: Seat) -> None:
    call_id = john.answers()
    john.wwe(f"hold('{call_id}')")
    other = uuid4().hex.upper()
    parent = john.wwe("calls.at(-1).interactionId")
    consult = f"{{isConsultation: true, parentInteractionId: '{parent}', state: 'DIALING'}}"
    john.wwe(f"ring('{other}', {consult})")
    john.wwe(f"answer('{other}')")
    john.wwe(f"release('{other}')")
    john.wwe(f"markDone('{other}')")
    john.wwe(f"retrieve('{call_id}')")
    john.ends(call_id)
    john.until("the recording to close", lambda: john.desk.did[-1] == "CloseRecording")
    assert john.desk.did.count("OpenRecording") == 1


def test_without_a_call_the_button_says_why_it_does_nothing(john: Seat) -> None:
    button = john.button("Pause recording")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_have_accessible_description("There is no call to pause.")
    button.focus()
    john.page.keyboard.press("Enter")
    expect(john.ours.locator("#answer")).to_be_hidden()
    john.picture("ready")


def test_the_button_works_by_keyboard(john: Seat) -> None:
    call_id = john.answers()
    john.button("Pause recording").focus()
    john.page.keyboard.press("Space")
    john.shows("paused")
    expect(john.button("Resume recording")).to_be_focused()
    john.page.keyboard.press("Enter")
    john.shows("recording")
    john.ends(call_id)


def test_a_page_loaded_anew_in_mid_call_goes_on(john: Seat) -> None:
    call_id = john.answers()
    john.wwe("load()")
    john.shows("recording")
    john.wwe(f"recording('{call_id}', 'PAUSED')")
    john.shows("paused")
    john.button("Resume recording").click()
    john.shows("recording")
    john.ends(call_id)
    assert john.desk.did.count("OpenRecording") == 1


def test_workspace_loaded_anew_in_mid_call_goes_on_though_calls_are_numbered_anew(
    john: Seat,
) -> None:
    first = john.answers()
    john.wwe(f"release('{first}')")
    john.wwe(f"markDone('{first}')")
    second = john.answers()  # interaction 2, which will be 1
    john.wwe("refresh()")
    john.shows("recording")
    john.button("Pause recording").click()
    john.until("voice to pause", lambda: john.voice(second) == "PAUSED")
    john.shows("paused")
    john.button("Resume recording").click()
    john.until("voice to resume", lambda: john.voice(second) == "RECORDING")
    john.shows("recording")
    john.ends(second)
    assert john.desk.did.count("OpenRecording") == 2


def test_a_voice_order_that_workspace_refuses_is_a_problem_that_is_told(john: Seat) -> None:
    call_id = john.answers()
    john.wwe("faults.refuse.push('voice.pauseCallRecording')")
    john.button("Pause recording").click()
    john.until(
        "the failure",
        lambda: any(one.code == "voice-order-failed" for one in john.desk.status.problems),
    )
    assert not john.filming()
    john.wwe("faults.refuse.pop()")
    john.until("voice to pause in the end", lambda: john.voice(call_id) == "PAUSED")
    john.button("Resume recording").click()
    john.shows("recording")
    john.ends(call_id)


def test_a_newer_page_takes_over_and_the_older_can_take_it_back(
    john: Seat, office: Office, browser: Browser
) -> None:
    with seat(office, browser, john.desk) as second:
        second.shows("ready")
        taken = john.ours.get_by_text("Another page of Workspace is connected")
        expect(taken).to_be_visible()
        john.shows("not-connected")
        john.picture("taken-over")
        john.ours.get_by_role("button", name="Connect here instead").click()
        john.shows("ready")
        expect(second.ours.get_by_text("Another page of Workspace is connected")).to_be_visible()


def test_the_client_may_start_later_than_the_page(
    office: Office, browser: Browser, tmp_path: Path
) -> None:
    port = free_port()
    late = DeskInThread(tmp_path / "late", office.central.url, port)
    with seat(office, browser, late) as john:
        expect(john.ours.get_by_text("Twinreel on this computer cannot be reached")).to_be_visible()
        john.shows("not-connected")
        john.picture("not-reached")
        with desk_at(tmp_path / "desk", office.central.url, port):
            john.shows("ready")
            expect(john.ours.locator("#trouble")).to_be_hidden()


def test_only_the_workspace_of_the_policy_may_show_the_page(
    office: Office, browser: Browser, desk: DeskInThread
) -> None:
    context = browser.new_context()
    page = context.new_page()
    with wwe() as stranger:
        page.goto(stranger.showing(f"{office.page}?ports={desk.port}"))

        def refused() -> bool:
            page.evaluate("0")  # lets the browser's messages in
            return page.frames[-1].url.startswith("chrome-error:")

        wait_for("the browser to refuse", refused, PATIENCE)
    context.close()
    assert not desk.status.agent_id


def test_messages_from_elsewhere_are_not_heard(john: Seat) -> None:
    """Not from another window than the one around the page, nor without Workspace's mark."""
    call_id = john.answers()
    over = f"{{interactionId: '1', callUuid: '{call_id}', state: 'IDLE'}}"
    event = f"event: 'interaction', data: {{interaction: {over}}}, protocolVersion: 2"
    john.page.evaluate(f"wwe.say({{{event}}})")  # without the mark
    forged = f"window.postMessage({{{event}, userAgent: 'WWE Server'}}, '*')"
    john.page.frames[-1].evaluate(forged)  # from the page's own window
    john.button("Pause recording").click()
    john.shows("paused")
    assert "CloseRecording" not in john.desk.did
    john.button("Resume recording").click()
    john.shows("recording")
    john.ends(call_id)


def test_a_page_of_another_central_is_refused_by_the_client(
    office: Office, browser: Browser, tmp_path: Path
) -> None:
    with (
        desk_at(tmp_path / "desk", "http://127.0.0.1:9", free_port()) as desk,
        seat(office, browser, desk) as john,
    ):
        expect(john.ours.get_by_text("Twinreel on this computer cannot be reached")).to_be_visible()
        assert desk.status.agent_id is None
