"""The life of a piece in words: what, when, who, what came of it, what was corrected, and how it is now."""

import gzip
import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest

from passport.model.access import Role
from passport.model.languages import LANGUAGES
from passport.ports import Organisation
from passport.web.pages.deeds import fields_of
from passport.web.pages.now import now
from passport.web.pages.timeline import OPEN, entries, standing, timeline
from passport.web.pages.views import Edition
from passport.web.pages.words import Words
from tests.web.pages.hearing import Spoken
from tests.web.pages.sample_documents import BASE, ITEM_CODE, OTHER_CODE, said
from tests.web.pages.sample_life import ENDED, LIFE, REMADE, event_address, happening
from tests.web.pages.samples import event_page, happened

REPAIRER = Organisation("mender", "Example repairs AB", Role.REPAIRER, "workshop")
TOWN = Organisation("town", "Example town", Role.OWNER, "municipality")
TODAY = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture(scope="module")
def fields(published, make):
    return fields_of(published, make("item").document)


@pytest.fixture(scope="module")
def tell(published, make, fields):
    """The entries of some events in a language."""

    def told(*events, language="en", **known):
        view = replace(make("item"), events=tuple(map(happened, events)), **known)
        return entries(Words(published, language), view, fields)

    return told


@pytest.fixture(scope="module")
def state(published, make):
    """How a piece is now by some events, as label and value."""

    def found(*events, language="en", **known):
        view = replace(make("item"), events=tuple(map(happened, events)), **known)
        told = now(Words(published, language), view, today=TODAY)
        rows = {label: (text.value, text.note) for label, text in told.rows}
        return told.ending, rows

    return found


def facts(entry):
    return {part.label: [text.value for text in part.texts] for part in entry.facts}


def test_the_newest_stands_first_by_its_own_time_and_later_in_the_log_wins(tell):
    late = happening(30, "inspected", "2020-01-01T00:00:00Z", "owner", recordedAt="2026-01-01T00:00:00Z")
    again = happening(31, "cleaned", "2026-11-01T10:00:00Z", "owner")
    titles = [(each.title.value, each.year) for each in tell(*LIFE, late, again)]
    assert titles[:2] == [("Cleaned", "2026"), ("Offered", "2026")]
    assert titles[-3:] == [("Inspected", "2020"), ("Put into service", "2019"), ("Passport created", "2019")]


@pytest.mark.parametrize(
    ("language", "date", "recorded"),
    [("en", "1 July 2021", "9 July 2021"), ("sv", "2021-07-01", "2021-07-09"), ("pl", "01.07.2021", "09.07.2021")],
)
def test_dates_are_those_of_the_place_where_it_happened(tell, language, date, recorded):
    (entry,) = tell(LIFE[2], language=language)
    shown = [each.replace("\u00a0", " ") for each in (entry.date, entry.recorded)]
    assert shown == [date, recorded]
    assert entry.time == "2021-06-30T23:30:00Z"
    assert entry.marks
    assert not tell(LIFE[4])[0].recorded


@pytest.mark.parametrize("offset", ["", "Z", "+25:00", "+2", "nonsense", "-99:99"])
def test_an_odd_offset_counts_as_none(tell, offset):
    (entry,) = tell({**LIFE[2], "timeZoneOffset": offset})
    assert entry.date.replace("\u00a0", " ") == "30 June 2021"


def test_who_acted_is_named_where_that_is_public_and_told_by_role_otherwise(make, published, fields):
    events = (replace(happened(LIFE[3]), issuer=REPAIRER), replace(happened(LIFE[4]), issuer=None))
    cleaned, repaired = entries(Words(published, "en"), replace(make("item"), events=events), fields)
    assert (cleaned.actor.value, cleaned.actor.href) == ("Owner", "")
    assert (repaired.actor.value, repaired.actor.href) == ("Example repairs AB", "/organisations/mender")
    assert repaired.actor.note == "Professional repairer"


def test_what_was_done_stands_there_in_words(tell):
    (entry,) = tell(LIFE[3])
    told = facts(entry)
    assert told["What was done"] == ["New gas spring", "New castors or glides", "Reupholstered"]
    assert told["Parts used"] == ["5 × Base (reused part)", "Gas spring (new part)"]
    assert told["Components as they are now"] == ["Seat, new cover (wool fabric 40%)"]
    assert told["Condition"] == ["Good"]
    part = next(each for each in entry.facts if each.label == "Parts used").texts[1]
    assert part.href == f"/passports/{OTHER_CODE}"
    assert [(each.small, each.whole, each.text.value) for each in entry.photos] == [
        ("/media/0123abcd?edge=320", "/media/0123abcd", "The new cover"),
        ("/media/0123abce?edge=320", "/media/0123abce", "Photo: Repaired"),
    ]
    (end,) = tell(ENDED[-1])
    assert facts(end)["Weights by material"] == ["Aluminium, 9.8\u00a0kg", "Polyurethane foam, 2.4\u00a0kg"]
    assert "Material recycling" in [text for texts in facts(end).values() for text in texts]


def test_photos_of_others_are_never_loaded(tell):
    elsewhere = [{"url": "https://evil.example/media/0123"}, {"url": f"{BASE}/media/../x"}, {"url": "javascript:1"}]
    assert tell({**LIFE[3], "photos": elsewhere})[0].photos == ()


def test_a_price_is_told_as_long_as_the_offer_stands(tell):
    assert facts(tell(*LIFE)[0])["Asking price"] == ["400\u00a0SEK"]
    told = [facts(each) for each in tell(*LIFE) if each.title.value == "Offered"]
    assert ["Asking price" in each for each in told] == [True, False]
    taken = happening(40, "withdrawn", "2026-11-02T10:00:00Z", "owner")
    assert not any("Asking price" in facts(each) for each in tell(*LIFE, taken))


def test_corrections_lead_both_ways_and_say_why(tell):
    found = {each.path.rpartition("-")[2].lstrip("0"): each for each in tell(*LIFE)}
    wrong, right, taken, undoing = (found[number] for number in "5678")
    assert wrong.struck.path == right.path
    assert (wrong.struck.reason.value, wrong.struck.prose[0].value) == ("Wrong data", "It was a day later.")
    assert right.corrects.path == wrong.path
    assert (right.struck, wrong.corrects, right.undone) == (None, None, False)
    assert taken.struck.reason.value == "Did not happen"
    assert undoing.undone
    assert undoing.facts == ()
    left = {each.document["id"] for each in standing(tuple(map(happened, LIFE)))}
    assert left == {each["id"] for each in LIFE} - {event_address(number) for number in (5, 7, 8)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_does_not_hold_is_struck_through_and_said_to_be(pages, make, published, language):
    html = pages.events(language, make("item", events=LIFE))
    words = Spoken(html)
    corrected = {"en": "Corrected", "sv": "Rättad", "da": "Rettet", "pl": "Poprawiono"}[language]
    assert words.words.count(corrected) == 2
    assert len(words.deleted) >= 6
    assert html.count("<del") == html.count("</del>") == 4
    for title in (Words(published, language).code("event-type", each).value for each in ("cleaned", "lost")):
        assert title in words.deleted
        assert any(each.endswith(title) for each in words.words)


def test_versions_stand_among_the_events_and_lead_to_what_they_changed(tell):
    editions = (
        Edition(2, "2022-02-03T09:00:00Z"),
        Edition(3, "2022-02-03T11:00:00Z", True, said("The scale was wrong.")),
    )
    found = tell(LIFE[3], editions=editions)
    assert [each.title.value for each in found] == ["Passport corrected", "Repaired", "Passport updated"]
    assert found[0].path == f"/passports/{ITEM_CODE}/versions/3"
    assert found[0].changes == f"/passports/{ITEM_CODE}/versions/3/changes"
    assert [text.value for part in found[0].facts for text in part.texts] == ["The scale was wrong."]


def test_every_entry_leads_to_its_page_the_past_and_its_proof(pages, make):
    html = pages.passport("en", make("item", events=LIFE))
    for each in LIFE:
        path = each["id"].removeprefix(BASE)
        assert f'href="{path}"' in html
        assert f'href="{path}/proof"' in html
        assert f'href="/passports/{ITEM_CODE}?at={each["eventTime"]}"' in html


def test_a_receipt_that_nobody_confirmed_says_so(tell, state):
    (entry,) = [each for each in tell(*LIFE) if each.year == "2024" and each.title.value == "New owner"]
    assert entry.marks == ("Not confirmed: only the new owner says so.",)
    assert state(*LIFE)[1]["Owner"] == ("Municipality", "not confirmed")


def test_what_was_erased_says_so_and_nothing_else(published, make, fields, pages):
    known = {"id": event_address(3), "eventType": "inspected", "eventTime": "2021-06-30T23:30:00Z"}
    known["condition"] = {"grade": "D"}
    bare = {"id": event_address(9)}
    events = (happened(LIFE[0]), happened(known, erased="2026-05-01T10:00:00Z", at="2021-07-01T00:00:00Z"))
    events += (happened(bare, erased="2026-05-01T10:00:00Z", at="2023-07-01T00:00:00Z"),)
    view = replace(make("item"), events=events)
    found = entries(Words(published, "en"), view, fields)
    assert [each.title.value for each in found] == ["An erased entry", "Inspected", "Passport created"]
    assert found[0].date.replace("\u00a0", " ") == "1 July 2023"
    assert all("Erased on 1\u00a0May 2026" in each.marks[0] for each in found[:2])
    assert found[0].facts == found[1].facts == ()
    for place in (1, 2):
        shown = replace(event_page(view, place), verification=None)
        html = pages.event("sv", shown)
        assert "Raderad 2026-05-01" in html
        assert f"?at={found[0].time}" in html or place == 1


def test_how_it_is_now_follows_the_log_for_hands_and_own_time_for_what_was_seen(state):
    _, rows = state(*LIFE)
    assert rows["Condition"] == ("As new", "20\u00a0August 2024")
    assert rows["Availability"] == ("Offered", "")
    assert rows["Repairs"] == ("1", "")
    assert rows["Warranty"] == ("until 20\u00a0August 2064", "")
    late = happening(40, "inspected", "2023-01-01T00:00:00Z", "owner", condition={"grade": "E"})
    assert state(*LIFE, late)[1]["Condition"][0] == "As new"
    wrong_clock = happening(41, "ownershipTransferred", "2020-01-01T00:00:00Z", "owner", ownerType="company")
    assert state(*LIFE, wrong_clock)[1]["Owner"] == ("Company", "")
    assert state(*LIFE[:2])[1]["Warranty"] == ("ended 1\u00a0April 2024", "")
    assert state() == (None, {})


def test_a_loan_a_loss_and_an_open_offer_are_told(state):
    lent = happening(40, "lent", "2026-11-02T10:00:00Z", "owner", holderType="organisation")
    _, rows = state(*LIFE, lent)
    assert (rows["Held by"][0], rows["Availability"][0]) == ("Organisation", "On loan")
    back = happening(41, "returned", "2026-11-03T10:00:00Z", "owner")
    _, rows = state(*LIFE, lent, back)
    assert "Held by" not in rows
    assert "Availability" not in rows, "only an offer, a loan and a loss are public"
    lost = happening(42, "lost", "2026-11-03T10:00:00Z", "owner")
    assert state(*LIFE, lost)[1]["Availability"][0] == "Lost"
    offer = happening(43, "transferOffered", "2026-11-04T10:00:00Z", "owner", expires="2026-12-04T10:00:00Z")
    assert state(*LIFE, offer)[1]["Hand-over"] == ("Hand-over offered", "until 4\u00a0December 2026")
    assert "Hand-over" not in state(*LIFE, {**offer, "expires": "2026-11-05T10:00:00Z"})[1]
    refused = happening(44, "transferRefused", "2026-11-05T10:00:00Z", "owner")
    assert "Hand-over" not in state(*LIFE, offer, refused)[1]


def test_an_end_that_a_proof_undid_is_none_and_an_end_leaves_nobody_holding(state):
    lent = happening(40, "lent", "2026-01-02T10:00:00Z", "owner", holderType="organisation")
    gone = happening(41, "destroyed", "2026-02-03T10:00:00Z", "owner")
    ending, rows = state(*LIFE, lent, gone)
    assert (ending.title.value, "Held by" in rows) == ("Destroyed", False)
    proved = happening(42, "ownershipTransferred", "2026-03-03T10:00:00Z", "owner", ownerType="municipality")
    assert state(*LIFE, gone, proved)[0] is None
    assert state(*LIFE, gone, {**proved, "declared": True})[0] is not None
    apart = happening(43, "dismantled", "2026-02-03T10:00:00Z", "owner")
    sold = {**proved, "transfer": "https://passport.example/transfers/1"}
    assert state(*LIFE, lent, apart, sold)[0].title.value == "Dismantled"


def test_the_end_is_told_first(state, pages, make):
    ending, _ = state(*ENDED)
    assert (ending.title.value, ending.date) == ("Recycled", "1\u00a0February 2026")
    ending, _ = state(*REMADE)
    assert [(each.value, each.href) for each in ending.successors] == [
        (f"{OTHER_CODE[:4]}-{OTHER_CODE[4:8]}-{OTHER_CODE[8:]}", f"/passports/{OTHER_CODE}")
    ]
    html = pages.passport("en", make("item", events=ENDED))
    assert html.index("This piece has reached the end of its life.") < html.index('class="jump"')
    undone = happening(
        50,
        "recycled",
        "2026-02-02T10:00:00Z",
        "recycler",
        supersedes=event_address(17),
        correctionReason="did-not-occur",
    )
    assert state(*ENDED, undone)[0] is None


def test_what_it_was_made_of_is_linked(state, make):
    old = f"{BASE}/passports/{OTHER_CODE}"
    _, rows = state(*LIFE, document={**make("item").document, "previousPassports": [old]})
    assert f"{OTHER_CODE[:4]}-{OTHER_CODE[4:8]}-{OTHER_CODE[8:]}" in [value for value, _ in rows.values()]


def test_t07_names_stand_only_where_the_reader_may_see_them(tell, state, pages, make):
    sold = happening(40, "ownershipTransferred", "2026-11-05T10:00:00Z", "owner", ownerType="municipality")
    secret = {**sold, "owner": "town", "previousOwner": "mender", "receiver": "private-party", "actor": "town"}
    names = {"town": TOWN, "mender": REPAIRER}
    public = tell(*LIFE, sold)[0]
    assert facts(public)["Kind of owner"] == ["Municipality"]
    told = facts(tell(*LIFE, secret, names=names)[0])
    assert told["Owner"] == ["Example town"]
    assert "Kind of owner" not in told
    assert state(*LIFE, secret, names=names)[1]["Owner"] == ("Example town", "")
    unknown = facts(tell(*LIFE, secret)[0])
    assert "Owner" not in unknown
    html = pages.passport("en", make("item", events=(*LIFE, secret)))
    assert "Example town" not in html
    assert "mender" not in html


def test_older_entries_fold_by_year(published, make, fields, pages):
    words = Words(published, "en")
    view = make("item", events=LIFE)
    told = timeline(words, view, fields)
    assert sum(len(year.entries) for year in told.newest) == OPEN
    assert sum(len(year.entries) for year in told.older) == len(LIFE) - OPEN
    assert told.total == len(LIFE)
    assert timeline(words, view, fields, unfolded=True).older == ()
    html = pages.passport("en", view)
    assert "<details" in html
    assert re.search(r'<summary><h3 class="timeline__year">2019</h3> <span class="note">2 earlier entries', html)
    everything = pages.passport("en", view, unfolded=True)
    assert "timeline__older" not in everything


def test_a_piece_with_200_events_stays_light(pages, make):
    events = []
    for number in range(200):
        year, month, day = 2010 + number // 14, number % 12 + 1, number % 28 + 1
        members = {name: value for name, value in LIFE[number % 4].items() if name not in ("id", "eventTime", "act")}
        moment = f"{year}-{month:02}-{day:02}T10:{number % 60:02}:00Z"
        kind = members.pop("eventType")
        role = members.pop("actorRole")
        events.append(happening(number * 7919 % 100_003, kind, moment, role, **members))
    view = make("item", events=tuple(events))
    html = pages.passport("sv", view)
    assert html.count('class="timeline__event"') == 200
    assert len(gzip.compress(html.encode(), 5)) < 40_000


def test_a_longer_life_is_told_page_by_page(pages, make):
    times = [
        f"{2000 + number // 365}-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}T10:00:00Z" for number in range(450)
    ]
    events = [happening(number, "cleaned", moment, "owner") for number, moment in enumerate(times)]
    view = make("item", events=tuple(events))
    shown = [pages.events("en", view, skip=skip) for skip in (0, 200, 400)]
    assert [html.count('class="timeline__event"') for html in shown] == [200, 200, 50]
    assert [re.findall(r'href="/passports/[^"/]*/events([^"]*)"', html) for html in shown] == [
        ["?skip=200"],
        ["", "?skip=400"],
        ["?skip=200"],
    ]
    assert "250 earlier entries" in shown[0]
    assert "250 earlier entries" in pages.passport("en", view)


def test_a_page_of_the_past_says_of_when_it_tells(pages, make):
    view = replace(make("item", events=LIFE[:5]), at="2022-03-03T12:00:00Z", known="2022-04-01T00:00:00Z")
    html = unescape(pages.passport("en", view))
    assert "This is how it was at 3\u00a0March 2022 12:00\u00a0UTC." in html
    assert "Only what was known at 1\u00a0April 2022" in html
    assert "until 1\u00a0April 2024" in html, "the guarantee as it stood then"
    assert "Read how it is now" not in pages.passport("en", make("item", events=LIFE))


def test_one_day_on_which_everything_was_recorded_is_said_once(pages, make):
    late = {"recordedAt": "2026-11-22T10:00:00Z"}
    view = make("item", events=[{**each, **late} for each in LIFE[:3]])
    page = pages.passport("en", view).replace("\xa0", " ")
    assert page.count("22 November 2026") == 1
    assert "Earlier days were recorded on 22 November 2026." in page
