"""What the forms of a signed-in organisation record of work, parts, care, bookings, collection and the end."""

import re
from typing import Any

import orjson
import pytest

from passport.model.access import Role
from passport.ports import Organisation
from passport.service.organisations import add_organisation
from tests.web.conftest import BASE, LEGACY, _token
from tests.web.town import Browser, Town, multipart, saved, send_from
from tests.web.town import code as code
from tests.web.town import other as other
from tests.web.town import owner as owner
from tests.web.town import town as town

SEAT = {
    "componentId": "seat",
    "name": [{"value": "Seat", "language": "en"}],
    "mass": "2",
    "materials": [{"materialClass": "textile-wool", "massShare": "100"}],
}
FRAME = {
    "componentId": "frame",
    "name": [{"value": "Frame", "language": "en"}],
    "mass": "6",
    "materials": [{"materialClass": "metal-steel", "massShare": "100"}],
}


@pytest.fixture
def chair(town: Town) -> str:
    sent = {**LEGACY, "inventoryNumber": "works", "components": [SEAT, FRAME]}
    made = town.client.post("/submissions", sent, town.tokens["town"])
    assert made.status == 201, made.text
    return str(made.json()["passports"][0]["code"])


def test_a_part_is_exchanged_by_its_tile_and_one_more_click(town: Town, owner: Browser, chair: str) -> None:
    page = owner.get(f"/passports/{chair}/acts/parts").text
    assert re.findall(r'name="component" value="([^"]+)"', page) == ["seat", "frame", "other"]
    saved(owner.act(chair, "parts", component="seat", result="B"))
    event = town.life(chair)[0]
    assert event["eventType"] == "partsReplaced"
    assert [{key: each[key] for key in ("componentId", "partOrigin")} for each in event["partsUsed"]] == [
        {"componentId": "seat", "partOrigin": "new"}
    ]
    assert event["condition"]["grade"] == "B"


def test_new_material_changes_what_a_refurbished_piece_is_made_of(town: Town, owner: Browser, chair: str) -> None:
    plain = {"repairTypes": "reupholster", "result": "A"}
    wrong = owner.act(chair, "refurbish", **plain, component="seat", material="unobtainium")
    assert wrong.status == 422
    assert 'id="material-error"' in wrong.text
    label = re.search(r'<option value="(Leather[^"]*)"', owner.get(f"/passports/{chair}/acts/refurbish").text)
    assert label is not None
    saved(owner.act(chair, "refurbish", **plain, component="seat", partName="New seat", material=label[1].lower()))
    event = town.life(chair)[0]
    assert (event["eventType"], event["repairTypes"]) == ("refurbished", ["reupholster"])
    (used,) = event["partsUsed"]
    assert used["name"] == [{"value": "New seat", "language": "en"}]
    assert owner.get(f"/passports/{chair}").text.count(label[1]) >= 1
    assert f"New seat (new part; {label[1][0].lower()}{label[1][1:]})" in owner.get(f"/passports/{chair}").text


def test_cleaned_or_maintained_is_one_click_for_many(town: Town, owner: Browser) -> None:
    first, second = town.pieces(2)
    place = saved(owner.act(first, "care", result="maintained", careAction="Oiled", others=second))
    assert place.endswith("?pieces=2")
    assert [each["eventType"] for code in (first, second) for each in town.life(code)[:1]] == ["maintained"] * 2
    assert town.life(second)[0]["careAction"] == [{"value": "Oiled", "language": "en"}]
    saved(owner.act(first, "care", result="cleaned"))
    assert town.life(first)[0]["eventType"] == "cleaned"


def test_an_offered_piece_is_booked_and_then_collected(town: Town, owner: Browser, code: str) -> None:
    assert owner.get(f"/passports/{code}/acts/reserve").status == 409
    saved(owner.act(code, "offer", result="public"))
    saved(owner.act(code, "reserve", reservedFor="village"))
    assert town.life(code)[0]["eventType"] == "reserved"
    assert owner.act(code, "collect").status == 422
    saved(owner.act(code, "collect", collector="village"))
    assert town.life(code)[0]["eventType"] == "collected"
    assert f"/passports/{code}" in town.browser("village").get("/desk/held").text


def test_responsibility_is_offered_apart_from_ownership(town: Town, owner: Browser, other: Browser, code: str) -> None:
    place = saved(owner.act(code, "responsibility", receiver="village"))
    event = town.life(code)[0]
    assert (event["eventType"], event["transferSubject"]) == ("transferOffered", "responsibility")
    assert "/transfers/" in owner.get(place).text
    assert event["transfer"].removeprefix(BASE) in other.get("/desk/incoming").text


def test_the_end_tells_route_and_weights_of_what_it_is_made_of(town: Town, owner: Browser, chair: str) -> None:
    page = owner.get(f"/passports/{chair}/acts/end").text
    assert re.findall(r'name="mass-([^"]+)"', page) == ["metal-steel", "textile-wool"]
    told = {"ending": "disposed", "route": "landfill-D1", "mass-metal-steel": "5,5"}
    saved(owner.act(chair, "end", **told))
    event = town.life(chair)[0]
    assert event["route"] == "landfill-D1"
    assert [(each["materialClass"], each["mass"]) for each in event["masses"]] == [("metal-steel", "5.5")]


def test_a_weight_that_is_no_number_is_said_at_its_field(owner: Browser, chair: str) -> None:
    got = owner.act(chair, "end", **{"ending": "disposed", "mass-textile-wool": "much"})
    assert got.status == 422
    assert 'id="mass-textile-wool-error"' in got.text


def test_a_receipt_is_kept_beside_the_photos(town: Town, owner: Browser, code: str) -> None:
    path = f"/passports/{code}/acts/repair"
    kind, body = multipart({**owner.hidden(path), "repairTypes": "tighten", "result": "B"}, "photo", b"%PDF-1.4\n%%EOF")
    assert send_from(owner, path, kind, body.replace(b"image/png", b"application/pdf")).status == 303
    page = town.life(code)[0]["id"].removeprefix(BASE)
    (link,) = re.findall(rf'href="({BASE}/media/[^"]+)"', owner.get(page).text)
    assert owner.get(link.removeprefix(BASE)).body.startswith(b"%PDF")
    assert "/media/" not in town.client.page(page).text


def test_an_organisation_whose_name_is_not_public_is_named_by_its_short_name(town: Town, owner: Browser) -> None:
    system: Any = town.system
    add_organisation(system, Organisation("shelter", "Skyddat boende", Role.OWNER, "company", public=False))
    first, second = town.pieces(2)
    assert "Skyddat boende" not in owner.get(f"/passports/{first}/acts/transfer").text
    wrong = owner.act(first, "transfer", **{"receiver-unlisted": "sheltr"})
    assert wrong.status == 422
    assert 'id="receiver-unlisted-error"' in wrong.text
    assert 'value="sheltr"' in wrong.text
    saved(owner.act(first, "transfer", **{"receiver-unlisted": "Shelter"}))
    saved(owner.act(second, "lend", **{"borrower-unlisted": "shelter"}))
    shelter = Town(town.client, {"shelter": _token(system, "shelter")}, system).browser("shelter")
    assert re.search(r'href="/transfers/[^"]+"', shelter.get("/desk").text)


def test_ticked_pieces_of_a_list_are_moved_in_one_act(town: Town, owner: Browser) -> None:
    codes = town.pieces(3)
    assert owner.get("/desk/owned").text.count('name="piece"') >= 3
    got = owner.get("/desk/owned?act=move&" + "&".join(f"piece={each}" for each in codes))
    assert got.status == 303
    place = got["location"].removeprefix(BASE)
    assert place.startswith(f"/passports/{codes[0]}/acts/move?others=")
    form = owner.get(place)
    assert codes[1] in form.text
    assert '<details class="govuk-details act__more" open' in form.text
    others = re.search(r'name="others"[^>]*>([^<]*)<', form.text)
    assert others is not None
    assert saved(owner.act(codes[0], "move", room="C3", others=others[1])).endswith("?pieces=3")


def test_with_nothing_ticked_the_list_says_so(owner: Browser, code: str) -> None:
    got = owner.get("/desk/owned?act=move")
    assert got.status == 200
    assert "Tick at least one piece." in got.text
    assert owner.get(f"/desk/owned?act=fly&piece={code}").status == 404
    assert owner.get("/desk/owned?act=move&piece=%3Cb%3E").status in (400, 404)


def test_the_desk_counts(town: Town) -> None:
    town.pieces(2, "hostile")
    assert "What you own (2)" in town.browser("hostile").get("/desk").text


def test_who_is_signed_in_submits_without_the_token(town: Town, owner: Browser) -> None:
    page = owner.get("/submissions").text
    assert 'name="token"' not in page
    word = re.search(r'name="word" value="([^"]+)"', page.partition("<main")[2])
    assert word is not None
    text = orjson.dumps({**LEGACY, "inventoryNumber": "by-session"}).decode()
    got = owner.send("/submit", {"word": word[1], "text": text})
    assert got.status == 201, got.text
    assert "Exempelby kommun" in got.text.partition("<main")[0]
    assert got["cache-control"] == "private, no-store"
    assert 'name="token"' in town.client.page("/submissions").text


def test_t02_a_submission_by_session_needs_the_word_and_a_stranger_the_token(town: Town, owner: Browser) -> None:
    text = orjson.dumps({**LEGACY, "inventoryNumber": "no-word"}).decode()
    size = town.system.history.size()
    assert owner.send("/submit", {"text": text}).status == 403
    assert owner.send("/submit", {"word": "wrong", "text": text}).status == 403
    assert Browser(town.client, "session=nobody").send("/submit", {"word": "x", "text": text}).status == 401
    assert town.system.history.size() == size
