"""The edge gives everybody what is theirs, counts it once, and never sends what has changed."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.press.edge.edition import SLOTS, Change, EditionFile, Kind, PolledEdition
from broadsheet.press.edge.encodings import Encoding
from broadsheet.press.edge.ledger.front import Ledger
from broadsheet.press.edge.ledger.sqlite import SqliteStore
from broadsheet.press.edge.ledger.stores import StoreError
from broadsheet.press.edge.passes import Standing
from broadsheet.press.edge.plates import answer
from broadsheet.rules.access import Access, Person
from broadsheet.rules.meter import Policy, Reason, decide
from broadsheet.rules.variants import Variant, variant_for
from tests.plain.press.edge.support import HOST, LOCKED, MONTH, Page, Paper, parse

READER = 17
STORY = "/world/story/"


@pytest.fixture
def story(paper):
    return paper.story(STORY, 1)


# Who sees what.


def test_a_visitor_reads_the_teaser_and_no_locked_word_is_loaded(paper, story):
    got = paper.get(story)

    assert got.text == "The first screen."
    assert got["Cache-Control"] == "public, no-cache"
    assert paper.press.printings() == [("print", story, Variant.TEASER)]


def test_a_reader_reads_on_and_it_is_counted(paper, story):
    got = paper.get(story, paper.cookies(READER))

    assert got.full
    assert got["Cache-Control"] == "private, no-store"
    assert paper.readings(READER) == [1]
    assert paper.edge.decisions == {Reason.WITHIN_ALLOWANCE: 1}


def test_ten_stories_open_and_the_eleventh_does_not(paper):
    cookies = paper.cookies(READER)

    opened = [paper.get(path, cookies).full for path in paper.stories(11)]

    assert opened == [True] * 10 + [False]
    assert len(paper.readings(READER)) == 10
    assert paper.edge.decisions[Reason.ALLOWANCE_USED] == 1


def test_the_browser_keeps_what_is_counted(paper, story):
    got = paper.get(story, paper.cookies(READER, stories=[4, 5]))

    month, counted = got.headers["set-cookie"]
    value = month.partition("=")[2].partition(";")[0]
    assert paper.passes.read_month(value.encode()).stories == (1,)
    assert "HttpOnly" in month
    assert counted.startswith("counted=1-10; ")
    # Until the month turns in the paper's zone, and a day.
    assert "Max-Age=648000;" in month


def test_going_back_to_a_story_asks_no_store(paper, story):
    paper.ledger.ask = None

    got = paper.get(story, paper.cookies(READER, stories=[9, 1]))

    assert got.full
    assert "set-cookie" not in got.headers
    assert paper.edge.decisions == {Reason.OPENED_BEFORE: 1}


def test_going_back_on_another_device_is_not_counted_again(paper, story):
    paper.get(story, paper.cookies(READER))

    got = paper.get(story, paper.cookies(READER))

    assert got.full
    assert paper.readings(READER) == [1]
    assert "set-cookie" in got.headers


def test_a_used_allowance_hides_no_story_that_was_read(paper):
    paths = paper.stories(11)
    cookies = paper.cookies(READER)
    for path in paths:
        paper.get(path, cookies)

    assert paper.get(paths[3], cookies).full


@pytest.mark.parametrize(
    ("access", "about", "full", "reason"),
    [
        (Access.READERS, {"until": 2**32 - 1}, True, Reason.NO_LIMIT),
        (Access.SUBSCRIBERS, {"until": 2**32 - 1}, True, Reason.NO_LIMIT),
        (Access.SUBSCRIBERS, {"until": 1000}, False, Reason.SUBSCRIBERS_ONLY),
        (Access.SUBSCRIBERS, {"standing": Standing.STAFF}, True, Reason.STAFF),
        (Access.READERS, {"standing": Standing.BLOCKED}, False, Reason.BLOCKED),
        (Access.READERS, {"standing": Standing.BLOCKED, "until": 2**32 - 1}, False, Reason.BLOCKED),
    ],
)
def test_others_read_uncounted_or_not_at_all(paper, access, about, full, reason):
    paper.story(STORY, 1, access)

    got = paper.get(STORY, paper.cookies(READER, **about))

    assert got.full is full
    assert paper.readings(READER) == []
    assert paper.edge.decisions == {reason: 1}


def test_a_subscription_that_ends_ends_in_the_middle_of_a_pass(paper):
    paper.story(STORY, 1, Access.SUBSCRIBERS)
    cookies = paper.cookies(READER, until=int(paper.now) + 10)
    assert paper.get(STORY, cookies).full

    paper.now += 10

    assert not paper.get(STORY, cookies).full


def test_everybody_reads_a_free_story_whatever_they_carry(paper):
    paper.story("/free/", 1, Access.FREE)

    for cookies in (
        "",
        paper.cookies(READER),
        "session=abc",
        "pass=forged; session=abc",
        "a=1;b=2",
    ):
        got = paper.get("/free/", cookies)
        assert got.full
        assert got["Cache-Control"] == "public, no-cache"


def test_a_closed_story_has_no_etag_and_cookies_go_with_no_public_page(paper, story):
    assert "etag" not in paper.get(story, paper.cookies(READER)).headers
    assert "etag" in paper.get(story).headers
    assert "set-cookie" not in paper.get(story).headers


# What the edge is not sure of is Django's.


@pytest.mark.parametrize(
    "cookies",
    [
        "session=abc",
        "session=abc; pass=",
        "session=abc; pass=forged",
        "session=abc; pass=AAAA",
        "pass=a; pass=b",
        "a=b;session=abc",
    ],
)
def test_who_may_be_a_reader_is_for_django_to_tell(paper, story, cookies):
    assert paper.get(story, cookies) is None


def test_a_pass_is_renewed_by_django(paper, story):
    cookies = paper.cookies(READER, lasts=600)
    assert paper.get(story, cookies).full

    paper.now += 600

    assert paper.get(story, cookies) is None


def test_a_pass_without_its_session_is_worth_nothing(paper, story):
    cookies = paper.cookies(READER)

    assert paper.get(story, cookies.replace("session=abc; ", "")) is None


def test_a_visitors_pass_with_a_session_is_for_django_to_change(paper, story):
    assert paper.get(story, paper.cookies(-5) + "; session=abc") is None


def test_an_unknown_host_is_django_s(paper, story):
    raw = paper.head(story).replace(HOST.encode(), b"evil.example")

    assert paper.loop.run_until_complete(paper.ask(raw)) is None


def test_a_page_that_is_none_is_django_s_and_looked_up_once(paper):
    assert paper.get("/old/address.ece") is None
    assert paper.get("/old/address.ece") is None
    assert paper.press.asked == [("look up", "/old/address.ece")]

    paper.story("/old/address.ece", 1, Access.FREE)
    paper.edition.changed("/something/else/")

    assert paper.get("/old/address.ece").status == 200


def test_some_paths_are_django_s_alone(tmp_path):
    paper = Paper(tmp_path, never=["/desk/", "/static/"])

    assert paper.get("/desk/pages/") is None
    assert paper.press.asked == []
    paper.close()


def test_a_crawler_is_judged_by_django(tmp_path):
    paper = Paper(tmp_path, is_crawler=lambda agent: "bot" in agent)
    paper.story(STORY, 1, Access.FREE)

    assert paper.get(STORY, User_Agent="Googlebot/2.1") is None
    assert paper.get(STORY, User_Agent="Firefox").status == 200
    paper.close()


def test_what_networks_add_to_an_address_is_the_same_page(paper, story):
    paper.get(story)

    assert paper.get(story + "?utm_source=mail&fbclid=1").status == 200
    assert len(paper.press.printings()) == 1
    assert paper.get(story + "?page=2") is None


def test_a_press_that_fails_leaves_the_request_to_django(paper, story, caplog):
    def jam(path):
        raise RuntimeError("jammed")

    paper.press.meanwhile = jam
    assert paper.get(story) is None
    assert "can't be printed" in caplog.text

    paper.press.meanwhile = lambda path: None
    assert paper.get(story).status == 200


def test_a_page_that_would_set_a_cookie_is_no_plate(paper, caplog):
    paper.story(STORY, 1, headers=(("Set-Cookie", "a=b"),))

    assert paper.get(STORY) is None
    assert "Set-Cookie" in caplog.text


def test_without_the_editions_number_no_plate_is_sent(paper, story):
    paper.get(story)
    elsewhere = PolledEdition(lambda since: (1, []), patience=0)

    paper.edge._edition = elsewhere

    assert paper.get(story) is None


# What is not a reading.


def test_head_counts_nothing_and_tells_nothing(paper, story):
    got = paper.get(story, paper.cookies(READER), method="HEAD")
    of_visitor = paper.get(story, method="HEAD")
    teaser = paper.get(story)

    assert got.status == 200
    assert got.body == of_visitor.body == b""
    assert got["Cache-Control"] == "private, no-store"
    assert of_visitor.headers == {**teaser.headers, "date": of_visitor.headers["date"]}
    assert paper.readings(READER) == []
    assert paper.edge.decisions[Reason.NOT_A_READING] == 1


def test_head_of_a_story_read_before_is_its_own(paper, story):
    cookies = paper.cookies(READER, stories=[1])

    head, got = paper.get(story, cookies, method="HEAD"), paper.get(story, cookies)

    assert head["Content-Length"] == got["Content-Length"]


@pytest.mark.parametrize("header", ["Sec_Purpose", "Purpose", "X_Moz"])
def test_what_is_fetched_ahead_of_time_is_neither_counted_nor_kept(paper, story, header):
    for cookies in (paper.cookies(READER), ""):
        got = paper.get(story, cookies, **{header: "prefetch"})
        assert (got.status, got.body, got["Cache-Control"]) == (503, b"", "no-store")
    assert paper.readings(READER) == []

    assert paper.get(story, paper.cookies(READER)).full


def test_what_is_open_may_be_fetched_ahead_of_time(paper, story):
    paper.story("/free/", 2, Access.FREE)

    assert paper.get(story, paper.cookies(READER, stories=[1]), Sec_Purpose="prefetch").full
    assert paper.get("/free/", Sec_Purpose="prefetch;prerender").full


def test_who_has_the_teaser_is_told_so(paper, story):
    etag = paper.get(story)["ETag"]

    got = paper.get(story, If_None_Match=etag)

    assert (got.status, got.body) == (304, b"")
    assert got["Vary"] == "Accept-Encoding"
    assert paper.get(story, If_None_Match='"other"').status == 200


def test_a_kept_teaser_does_not_keep_a_reader_out(paper, story):
    etag = paper.get(story)["ETag"]

    got = paper.get(story, paper.cookies(READER), If_None_Match=etag)

    assert got.full
    assert paper.readings(READER) == [1]


def test_a_condition_opens_no_story_uncounted(paper, story):
    for etag in ("*", '"guessed"'):
        assert paper.get(story, paper.cookies(READER), If_None_Match=etag).full
    assert paper.readings(READER) == [1]


def test_a_part_of_a_story_is_not_to_be_had(paper, story):
    got = paper.get(story, paper.cookies(READER), Range="bytes=0-5")
    assert (got.status, got.full) == (200, True)
    assert paper.readings(READER) == [1]

    assert paper.get(story, Range="bytes=10-").text == "The first screen."


def test_locked_words_change_nothing_for_whoever_may_not_read_them(tmp_path):
    """Non-interference: two papers that differ in locked words alone answer alike, byte for byte."""
    answers = []
    for number, words in enumerate(("Something.", "Something else, and much longer. " * 50)):
        (tmp_path / str(number)).mkdir()
        paper = Paper(tmp_path / str(number))
        paper.story("/metered/", 1, locked=words)
        paper.story("/subscribers/", 2, Access.SUBSCRIBERS, locked=words)
        # Somebody who may read them has been here.
        paper.get("/metered/", paper.cookies(99))
        paper.get("/subscribers/", paper.cookies(99, until=2**32 - 1))
        used = paper.cookies(READER, standing=Standing.BLOCKED)
        got = [
            paper.get(path, cookies, method=method, **about)
            for path in ("/metered/", "/subscribers/", "/metered/?utm_source=a")
            for cookies in ("", used, paper.cookies(-5))
            for method in ("GET", "HEAD")
            for about in (
                {},
                {"Accept_Encoding": "br"},
                {"Accept_Encoding": "gzip"},
                {"If_None_Match": "*"},
                {"If_None_Match": '"a"'},
                {"Range": "bytes=0-4"},
                {"Sec_Purpose": "prefetch"},
            )
        ]
        answers.append(got)
        paper.close()

    assert answers[0] == answers[1]


# Visitors.


def test_a_visitor_with_a_number_reads_what_the_paper_gives(paper):
    for number in (1, 2, 3):
        paper.story(f"/{number}/", number, policy=Policy(visitors=2))
    cookies = paper.cookies(-5)

    assert [paper.get(f"/{number}/", cookies).full for number in (1, 2, 3)] == [True, True, False]
    assert paper.readings(-5) == [1, 2]


def test_a_visitor_without_a_number_gets_one_from_django(paper):
    paper.story(STORY, 1, policy=Policy(visitors=2))

    assert paper.get(STORY) is None
    assert paper.get(STORY, paper.cookies(0)) is None
    assert paper.get(STORY, method="HEAD").status == 200


# The month.


def test_a_month_list_of_another_reader_or_month_opens_nothing(paper, story):
    for listed in (
        paper.passes.write_month(READER + 1, MONTH, [1]),
        paper.passes.write_month(READER, MONTH - 1, [1]),
        paper.passes.write_month(READER, MONTH + 2, [1]),
        "forged",
    ):
        paper.get(story, f"{paper.cookies(READER)}; month={listed}")
        assert paper.edge.decisions[Reason.OPENED_BEFORE] == 0
        paper.ledger.give_back(READER, MONTH, 1)


def test_the_month_turns_on_the_papers_clock(tmp_path):
    paper = Paper(tmp_path, zone=ZoneInfo("Asia/Kolkata"))
    paths = paper.stories(12)
    paper.now = datetime(2026, 11, 30, 18, 29, 50, tzinfo=UTC).timestamp()
    cookies = paper.cookies(READER)
    assert [paper.get(path, cookies).full for path in paths[:11]] == [True] * 10 + [False]

    paper.now += 10

    assert paper.get(paths[11], cookies).full
    assert [one.month for one in paper.ledger.readings(READER)] == [202611] * 10 + [202612]
    paper.close()


def test_a_clock_put_back_neither_reopens_nor_charges_twice(paper):
    paths = paper.stories(12)
    paper.now = datetime(2026, 12, 1, 0, 0, 5, tzinfo=UTC).timestamp()
    cookies = paper.cookies(READER)
    got = paper.get(paths[0], cookies)
    listed = got.headers["set-cookie"][0].partition(";")[0]

    paper.now -= 10

    assert paper.get(paths[0], cookies).full
    assert paper.get(paths[0], f"{cookies}; {listed}").full
    assert paper.get(paths[1], cookies).full
    assert [one.month for one in paper.ledger.readings(READER)] == [202612, 202612]


# Once for all.


def test_a_hundred_first_requests_print_once(paper, story):
    got = paper.get_all(*[(story,)] * 100)

    assert {one.text for one in got} == {"The first screen."}
    assert len(paper.press.printings()) == 1
    assert paper.press.asked.count(("look up", story)) == 1


def test_a_hundred_first_readings_print_once_and_count_once(paper, story):
    got = paper.get_all(*[(story, paper.cookies(READER))] * 100)

    assert all(one.full for one in got)
    assert paper.readings(READER) == [1]
    assert len(paper.press.printings()) == 1
    assert paper.edge.decisions[Reason.WITHIN_ALLOWANCE] == 1


def test_sixty_four_tabs_open_ten(paper):
    cookies = paper.cookies(READER)

    got = paper.get_all(*[(path, cookies) for path in paper.stories(64)])

    assert sum(one.full for one in got) == 10
    assert len(paper.readings(READER)) == 10


def test_each_coding_is_made_once_from_one_printing(paper, story):
    sizes = {}
    for encoding in ("br", "zstd", "gzip", "identity", "br"):
        got = paper.get(story, Accept_Encoding=encoding)
        assert got.text == "The first screen."
        assert got["Content-Encoding"] == ("" if encoding == "identity" else encoding)
        sizes[encoding] = got["Content-Length"]

    assert len(paper.press.printings()) == 1
    plates = paper.edge.plates.get(STORY.encode())
    assert set(plates.teaser.tails) == set(Encoding)


def test_a_store_too_small_for_a_page_still_answers(tmp_path):
    paper = Paper(tmp_path, budget=100)
    paper.story(STORY, 1)

    assert paper.get(STORY).text == "The first screen."
    assert paper.get(STORY, paper.cookies(READER)).full
    assert len(paper.edge.plates) == 0
    paper.close()


def test_the_plates_keep_to_their_bytes(tmp_path):
    paper = Paper(tmp_path, budget=20_000)
    for path in paper.stories(50):
        assert paper.get(path).status == 200

    assert paper.edge.plates.size <= 20_000
    assert 0 < len(paper.edge.plates) < 50
    assert paper.edge.plates.evicted > 0
    paper.close()


# What changes.


def test_a_change_of_words_shows_at_the_latest_half_a_second_later(paper, story, monkeypatch):
    now, clock = time.monotonic(), time.time()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    monkeypatch.setattr(time, "time", lambda: clock)
    paper.get(story)
    paper.press.pages[story].words = "New words."

    paper.edition.changed(story)

    # The old ones are sent while the new ones are being printed.
    assert paper.get(story).text == "The first screen."
    now += 0.6
    assert paper.get(story).text == "New words."
    assert len(paper.press.printings()) in {2, 3}


def test_who_asks_first_after_a_while_gets_new_words(paper, story, monkeypatch):
    """Nobody asked meanwhile, and so the worker did not hear of the change."""
    paper.get(story)
    paper.press.pages[story].words = "New words."
    paper.edition.changed(story)
    later = time.time() + 0.6
    monkeypatch.setattr(time, "time", lambda: later)

    assert paper.get(story).text == "New words."


def test_new_words_are_printed_while_old_ones_are_sent(paper, story):
    paper.get(story)
    paper.press.pages[story].words = "New words."
    paper.edition.changed(story)

    while paper.get(story).text != "New words.":
        pass

    assert len(paper.press.printings()) == 2


def test_a_change_of_access_is_never_outlived(paper):
    paper.story(STORY, 1, Access.FREE)
    assert paper.get(STORY).full
    paper.press.pages[STORY].access = Access.SUBSCRIBERS

    paper.edition.changed(STORY, access=True)

    assert not paper.get(STORY).full
    assert not paper.get(STORY, paper.cookies(READER)).full


def test_every_worker_hears_of_a_change_of_access_before_its_next_answer(tmp_path):
    folders = [tmp_path / "a", tmp_path / "b"]
    workers = []
    for folder in folders:
        folder.mkdir()
        worker = Paper(folder)
        worker.edge._edition = worker.edition = EditionFile(tmp_path / "edition")
        worker.story(STORY, 1, Access.FREE)
        assert worker.get(STORY).full
        workers.append(worker)
    for worker in workers:
        worker.press.pages[STORY].access = Access.READERS

    EditionFile(tmp_path / "edition").changed(STORY, access=True)

    for worker in workers:
        assert not worker.get(STORY).full
        worker.close()


def test_a_story_taken_back_while_it_is_printed_is_not_sent(paper):
    paper.story(STORY, 1, Access.FREE)

    def take_back(path):
        if paper.press.pages[STORY].access is Access.FREE:
            paper.press.pages[STORY].access = Access.SUBSCRIBERS
            paper.edition.changed(STORY, access=True)

    paper.press.meanwhile = take_back

    assert not paper.get(STORY).full


def test_a_story_taken_back_before_it_is_said_is_decided_anew(paper):
    """Between look-up and printing the desk closes it; the number has not grown yet."""
    paper.story(STORY, 1, Access.FREE)
    look_up = paper.press.look_up

    def then_close(path):
        terms = look_up(path)
        paper.press.pages[STORY].access = Access.SUBSCRIBERS
        return terms

    paper.press.look_up = then_close

    assert not paper.get(STORY).full


def test_what_changes_while_it_is_printed_is_printed_again(paper, story):
    changes = iter(["Once.", "Twice."])

    def change(path):
        if words := next(changes, None):
            paper.press.pages[story].words = words
            paper.edition.changed(story)

    paper.press.meanwhile = change

    assert paper.get(story).text == "Twice."


def test_what_never_stands_still_is_django_s(paper, story):
    paper.press.meanwhile = lambda path: paper.edition.changed(story)

    assert paper.get(story) is None


def test_a_story_that_has_gone_is_django_s(paper, story):
    paper.get(story)
    del paper.press.pages[story]

    paper.edition.changed(story, access=True)

    assert paper.get(story) is None


def test_a_page_goes_when_something_it_shows_changes(paper):
    paper.press.pages["/"] = Page(Access.FREE, keys=frozenset({"list:all"}))
    paper.story(STORY, 1)
    for path in ("/", STORY):
        paper.get(path)

    paper.edition.changed("list:all", access=True)
    for path in ("/", STORY):
        paper.get(path)

    assert len(paper.press.printings("/")) == 2
    assert len(paper.press.printings(STORY)) == 1


def test_after_more_changes_than_are_remembered_nothing_old_is_sent(paper, story):
    paper.get(story)
    paper.press.pages[story].words = "New words."

    paper.edition.say(Change(Kind.WORDS, 1) for _ in range(SLOTS + 1))

    assert paper.get(story).text == "New words."


def test_a_page_with_a_time_of_its_own_is_printed_anew(paper, monkeypatch):
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    paper.press.pages["/"] = Page(Access.FREE, lasts=60)
    paper.get("/")
    paper.press.pages["/"] = replace(paper.press.pages["/"], words="Today.")

    assert paper.get("/").text.startswith("The first")
    now += 61
    assert paper.get("/").text.startswith("Today.")


def test_revoked_passes_are_worth_nothing_at_once(paper, story):
    cookies, others = paper.cookies(READER, epoch=2), paper.cookies(READER + 1, epoch=0)
    assert paper.get(story, cookies).full

    paper.edition.revoked(READER, 3)

    assert paper.get(story, cookies) is None
    assert paper.get(story, others).full
    assert paper.get(story, paper.cookies(READER, epoch=3)).full


def test_a_new_worker_knows_what_was_revoked_before(paper, story, tmp_path):
    paper.edition.revoked(READER, 3)
    folder = tmp_path / "new"
    folder.mkdir()
    worker = Paper(folder)
    worker.edge._edition = EditionFile(tmp_path / "edition")
    worker.story(STORY, 1)

    assert worker.get(STORY, worker.cookies(READER, epoch=2)) is None
    assert worker.get(STORY, worker.cookies(READER, epoch=3)).full
    worker.close()


def test_passes_from_before_anything_is_remembered_are_renewed(paper, story):
    paper.now = time.time()
    cookies = paper.cookies(READER)
    assert paper.get(story, cookies).full

    # What was revoked before all these is forgotten.
    paper.edition.say(Change(Kind.WORDS, 1) for _ in range(SLOTS + 1))

    assert paper.get(story, cookies) is None
    paper.now += 5
    assert paper.get(story, paper.cookies(READER)).full


def test_when_everything_may_have_changed_no_page_and_no_older_pass_holds(paper, story):
    paper.now = time.time()
    cookies = paper.cookies(READER)
    assert paper.get(story, cookies).full
    printed = len(paper.press.asked)

    paper.edition.everything_changed()

    assert paper.get(story, cookies) is None
    paper.now += 5
    assert paper.get(story, paper.cookies(READER)).full
    assert len(paper.press.asked) > printed


# A store of readings that fails.


class Broken(SqliteStore):
    failing = False

    def record(self, batch):
        if self.failing:
            raise StoreError("it has gone")
        return super().record(batch)


@pytest.fixture(params=[True, False], ids=["opens", "closes"])
def failing(request, tmp_path):
    ledger = Ledger(
        lambda: Broken(tmp_path / "readings.sqlite3"),
        told=lambda sentence: None,
        retry=30,
        opens_when_failing=request.param,
    )
    made = Paper(tmp_path, ledger=ledger)
    Broken.failing = True
    yield made, request.param
    Broken.failing = False
    made.close()


def test_when_the_store_fails_stories_open_or_not_as_the_paper_chooses(failing):
    paper, opens = failing
    paper.story(STORY, 1)

    got = paper.get(STORY, paper.cookies(READER))

    assert got.full is opens
    reason = Reason.STORE_FAILED_OPEN if opens else Reason.STORE_FAILED_CLOSED
    assert paper.edge.decisions == {reason: 1}
    assert ("set-cookie" in got.headers) is opens
    # Nobody is told that their month is used up.
    assert opens or got.text.endswith("(paused-teaser)")


@pytest.mark.parametrize("failing", [True], indirect=True, ids=["opens"])
def test_when_the_store_fails_the_month_list_goes_on_counting(failing):
    paper, _ = failing
    cookies, listed, opened = paper.cookies(READER), "", 0

    for path in paper.stories(14):
        got = paper.get(path, cookies + listed)
        opened += got.full
        if got.full:
            listed = "; " + got.headers["set-cookie"][0].partition(";")[0]

    assert opened == 10


# The edge and Django are alike.

persons = st.sampled_from(
    [
        (None, {}),
        (READER, {}),
        (READER, {"until": 2**32 - 1}),
        (READER, {"standing": Standing.STAFF}),
        (READER, {"standing": Standing.BLOCKED}),
        (-9, {}),
    ]
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    policy=st.builds(Policy, st.integers(1, 3), st.integers(0, 4)),
    accesses=st.lists(st.sampled_from(Access), min_size=5, max_size=5),
    requests=st.lists(
        st.tuples(
            persons,
            st.integers(0, 4),
            st.sampled_from(["GET", "HEAD"]),
            st.sampled_from(["br", "gzip", "zstd", "identity"]),
            st.booleans(),
        ),
        max_size=12,
    ),
)
def test_the_edge_answers_what_django_would(tmp_path_factory, policy, accesses, requests):
    """For any readers, stories and histories: the same decision, the same header, the same bytes."""
    paper = Paper(tmp_path_factory.mktemp("paper"))
    for number, access in enumerate(accesses):
        paper.story(f"/{number}/", number + 1, access, policy=policy)
    counted: dict[int | None, list[int]] = {}
    jar: dict[int | None, tuple[int, ...]] = {}
    try:
        for (reader, about), number, method, encoding, keeps_list in requests:
            held = counted.setdefault(reader, [])
            standing = about.get("standing")
            person = Person.READER if (reader or -1) > 0 else Person.VISITOR
            if about.get("until"):
                person = Person.SUBSCRIBER
            listed = jar.get(reader, ()) if keeps_list else ()
            decision = decide(
                number + 1,
                accesses[number],
                person,
                policy,
                held if method == "GET" else listed,
                staff=standing is Standing.STAFF,
                blocked=standing is Standing.BLOCKED,
                reading=method == "GET",
            )
            cookies = paper.cookies(reader, stories=listed, **about)

            got = paper.get(f"/{number}/", cookies, method=method, Accept_Encoding=encoding)

            if reader is None and decision.counts:
                assert got is None
                continue
            if decision.counts:
                held.append(number + 1)
                jar[reader] = tuple(held)
            variant = variant_for(decision.reason, person)
            printed = paper.press.print(f"/{number}/", variant)
            status, lines, body = answer(printed, variant, accept_encoding=encoding)
            expected = {name.lower(): [value] for name, value in lines}
            sent = {
                name: values
                for name, values in got.headers.items()
                if name not in {"date", "set-cookie"}
            }
            assert (got.status, sent) == (status, expected)
            assert got.body == (body if method == "GET" else b"")
        for reader, held in counted.items():
            if reader is not None:
                # All were read in the same second, so their order says nothing.
                assert sorted(paper.readings(reader)) == sorted(held)
    finally:
        paper.close()


def test_an_answer_has_a_date_and_its_bytes_in_one_piece(paper, story):
    raw = paper.loop.run_until_complete(paper.ask(paper.head(story)))

    got, rest = parse(raw)
    assert got["Date"] == "Tue, 24 Nov 2026 12:00:00 GMT"
    assert rest == b""
    assert LOCKED not in raw.decode()


def test_a_proxy_may_keep_what_everybody_gets_until_the_second_is_over(paper):
    paper.press.pages["/"] = Page(Access.FREE, shared=True)
    paper.press.pages["/thread/"] = Page(Access.FREE)
    paper.press.pages["/story/"] = Page(Access.READERS, story=1, shared=True)
    paper.edge.tick()

    first = paper.get("/")
    known = paper.get("/", if_none_match=first["ETag"])

    assert known.status == 304
    for kept in (first, known):
        assert kept["X-Accel-Expires"] == f"@{int(paper.now)}"
        # nginx 1.22 heeds what comes first.
        names = list(kept.headers)
        assert names.index("x-accel-expires") < names.index("cache-control")
    for cookies in ("", paper.cookies(READER)):
        for path in ("/thread/", "/story/"):
            assert "x-accel-expires" not in paper.get(path, cookies).headers
