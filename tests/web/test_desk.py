"""The desk of a signed-in organisation and its forms: what they offer, record, refuse and undo, and to whom."""

import re
from io import BytesIO
from urllib.parse import urlencode

import pytest
from PIL import Image

from passport.model.access import Role
from passport.ports import Organisation
from passport.service.organisations import add_organisation
from passport.settings import Settings
from passport.web.app import create_app
from passport.web.pages import Pages
from passport.wiring import create_system
from tests.web.conftest import BASE, Client, _token
from tests.web.town import FORM, Browser, Town, multipart, saved, send_from
from tests.web.town import code as code
from tests.web.town import other as other
from tests.web.town import owner as owner
from tests.web.town import town as town


def test_the_page_offers_what_role_relation_and_state_allow(town: Town, owner: Browser, code: str) -> None:
    path = f"/passports/{code}/acts/"
    assert owner.acts(code) == [
        path + each for each in ("repair", "inspect", "care", "move", "offer", "transfer", "lend")
    ]
    assert town.browser("village").acts(code) == []
    assert town.browser("watch").acts(code) == []
    assert 'class="acts' not in town.client.page(f"/passports/{code}").text
    saved(owner.act(code, "lend", borrower="workshop"))
    borrower = town.browser("workshop")
    assert path + "repair" in borrower.acts(code)
    assert path + "transfer" not in borrower.acts(code)
    assert path + "return" in owner.acts(code)
    assert path + "lend" not in owner.acts(code)


def test_a_repair_is_three_fields_and_one_event(town: Town, owner: Browser, code: str) -> None:
    got = owner.act(code, "repair", repairTypes=["tighten", "re-glue"], result="B", notes="Leg was loose")
    page = owner.get(saved(got))
    assert page.status == 200
    assert page["cache-control"] == "private, no-store"
    event = town.life(code)[0]
    assert event["eventType"] == "repaired"
    assert event["repairTypes"] == ["tighten", "re-glue"]
    assert event["condition"]["grade"] == "B"
    assert "notes" not in event, "a note is not public"


def test_a_double_click_records_one_event(town: Town, owner: Browser, code: str) -> None:
    path = f"/passports/{code}/acts/inspect"
    fields = {**owner.hidden(path), "result": "C"}
    places = {saved(owner.send(path, fields)) for _ in range(3)}
    assert len(places) == 1
    assert [each["eventType"] for each in town.life(code)].count("inspected") == 1
    assert saved(owner.send(path, {**fields, "result": "D"})) not in places, "going back and choosing anew is another"


def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(owner: Browser, town: Town, code: str) -> None:
    size = len(town.life(code))
    swedish = Browser(owner.client, owner.cookie, "sv")
    got = swedish.act(code, "repair", result="B", notes="Benet <b>glappade</b>")
    assert got.status == 422
    assert "<title>Fel: " in got.text
    assert 'href="#repairTypes-1"' in got.text
    assert 'id="repairTypes-error"' in got.text
    assert "Benet &lt;b&gt;glappade&lt;/b&gt;" in got.text
    assert re.search(r'<details class="govuk-details act__more" open', got.text)
    none = swedish.act(code, "repair", repairTypes="tighten")
    assert none.status == 422
    assert 'href="#result-1"' in none.text
    assert re.search(r'value="tighten" checked', none.text)
    assert len(town.life(code)) == size


def test_findings_of_the_one_door_come_back_beside_the_fields(owner: Browser, town: Town, code: str) -> None:
    got = owner.act(code, "repair", repairTypes=["tighten", "polish-with-magic"], result="B", notes="Kept")
    assert got.status == 422
    assert 'id="repairTypes-error"' in got.text
    assert re.search(r'value="tighten" checked', got.text)
    assert "Kept</textarea>" in got.text
    wrong = owner.act(code, "lend", borrower="nobody-here", until="soon")
    assert wrong.status == 422
    assert {"until-error"} <= set(re.findall(r'id="(\w+-error)"', wrong.text))


def test_what_others_may_not_is_refused_by_the_server_too(
    town: Town, other: Browser, owner: Browser, code: str
) -> None:
    size = len(town.life(code))
    path = f"/passports/{code}/acts/repair"
    assert other.get(path).status == 409
    word = other.hidden("/desk") or {}
    page = other.get("/desk").text
    word = {"word": re.findall(r'name="word" value="([^"]+)"', page)[0]}
    got = other.send(path, {**word, "key": "k", "repairTypes": "tighten", "result": "B"})
    assert got.status == 403
    assert "govuk-error-summary" in got.text
    assert len(town.life(code)) == size


def test_a_place_is_seen_by_its_owner_alone_and_filled_in_the_next_time(town: Town, owner: Browser, code: str) -> None:
    saved(owner.act(code, "move", room="B214", building="House B", site="Northern school"))
    assert "B214" not in town.client.page(f"/passports/{code}").text
    assert "B214" not in town.client.get(f"/passports/{code}/events").text
    again = owner.get(f"/passports/{code}/acts/move").text
    assert 'name="building" type="text" value="House B"' in again
    assert 'name="room" type="text" value=""' in again


def test_undo_takes_back_what_was_just_saved_and_keeps_it_readable(town: Town, owner: Browser, code: str) -> None:
    place = saved(owner.act(code, "inspect", result="E"))
    undone = saved(owner.send(place, owner.hidden(place)))
    assert saved(owner.send(place, {"word": owner.hidden(place).get("word", "")} | _word(owner))) == undone
    page = owner.get(undone)
    assert "Undone" in page.text
    first, second = town.life(code)[:2]
    assert (first["correctionReason"], first["supersedes"]) == ("did-not-occur", second["id"])
    assert 'name="answer"' not in owner.get(place).text
    assert "/recorded/" not in owner.get(place).text.partition("<main")[2].partition("no-print")[2]


def _word(browser: Browser) -> dict[str, str]:
    return {"word": re.findall(r'name="word" value="([^"]+)"', browser.get("/desk").text)[0]}


def test_offered_then_no_longer(town: Town, owner: Browser, code: str) -> None:
    saved(owner.act(code, "offer", result="public"))
    event = town.life(code)[0]
    assert event["eventType"] == "offered"
    assert {each["language"] for each in event["channel"]} == {"en", "sv", "da", "pl"}
    assert f"/passports/{code}/acts/no-offer" in owner.acts(code)
    saved(owner.act(code, "no-offer"))
    assert town.life(code)[0]["eventType"] == "withdrawn"


def test_a_transfer_is_offered_and_accepted_by_the_receiver_alone(
    town: Town, owner: Browser, other: Browser, code: str
) -> None:
    page = owner.get(saved(owner.act(code, "transfer", receiver="village")))
    transfer = re.findall(r'href="(/transfers/[^"]+)"', page.text)[0]
    assert other.acts(code) == [transfer]
    assert owner.acts(code)[0] == transfer
    assert transfer in other.get("/desk").text
    assert transfer in owner.get("/desk").text
    assert 'name="answer"' not in town.browser("workshop").get(transfer).text
    giving = owner.hidden(transfer)
    assert owner.send(transfer, {**giving, "answer": "accept"}).status == 403
    taking = other.hidden(transfer)
    assert other.send(transfer, {**taking, "answer": "perhaps"}).status == 400
    done = {saved(other.send(transfer, {**taking, "answer": "accept"})) for _ in range(2)}
    assert len(done) == 1
    assert town.life(code)[0]["eventType"] == "ownershipTransferred"
    assert owner.acts(code) == []
    assert f"/passports/{code}/acts/repair" in other.acts(code)
    parties = "Exempelby kommun", "Eksempelby Kommune"
    for each in (owner, other, town.browser("workshop"), town.browser("watch")):
        page = each.get(transfer)
        told = page.text.partition("<main")[2]
        assert page.status == 200
        assert 'name="answer"' not in told
        assert [name in told for name in parties] == [each in (owner, other)] * 2


@pytest.mark.parametrize(("answer", "event"), [("refuse", "transferRefused"), ("take-back", "transferWithdrawn")])
def test_an_offer_is_refused_or_taken_back(
    town: Town, owner: Browser, other: Browser, code: str, answer: str, event: str
) -> None:
    page = owner.get(saved(owner.act(code, "transfer", receiver="village")))
    transfer = re.findall(r'href="(/transfers/[^"]+)"', page.text)[0]
    who = other if answer == "refuse" else owner
    saved(who.send(transfer, {**who.hidden(transfer), "answer": answer}))
    assert town.life(code)[0]["eventType"] == event
    assert f"/passports/{code}/acts/transfer" in owner.acts(code)


def test_a_transfer_of_many_pieces_is_accepted_at_once(town: Town, other: Browser) -> None:
    codes = town.pieces(60)
    event = {"eventType": "transferOffered", "receiver": "village", "products": codes}
    offered = town.client.post("/submissions", event, town.tokens["town"])
    transfer = offered.json()["events"][0]["transfer"].removeprefix(BASE)
    desk = other.get("/desk").text
    assert desk.count(transfer) == 1
    assert "60 stk." in desk or "60 " in desk
    place = saved(other.send(transfer, {**other.hidden(transfer), "answer": "accept"}))
    assert place.endswith("?pieces=60")
    assert "60 " in other.get(place).text
    owned = other.client.get("/desk/owned", authorization=f"Bearer {town.tokens['village']}").json()
    assert len(owned["owned"]) == 50
    rest = other.client.get(owned["next"], authorization=f"Bearer {town.tokens['village']}").json()
    assert set(codes) <= {each["code"] for each in [*owned["owned"], *rest["owned"]]}


def test_t37_a_cursor_of_one_organisation_is_invalid_for_another(town: Town, other: Browser, owner: Browser) -> None:
    town.pieces(51)
    bearer = {"authorization": f"Bearer {town.tokens['town']}"}
    following = town.client.get("/desk/owned", **bearer).json()["next"].removeprefix(BASE)
    assert owner.get(following).status == 200
    assert other.get(following).status == 400
    assert owner.get(following.replace("/owned", "/held")).status == 400
    assert town.client.get("/desk/owned").status == 401
    assert town.client.get("/desk/secret", **bearer).status == 404


def test_a_private_person_gets_a_code_that_is_shown_once_and_proves_the_way_back(
    town: Town, owner: Browser, other: Browser, code: str
) -> None:
    got = owner.act(code, "transfer", receiver="private-party")
    assert got.status == 200
    assert got["cache-control"] == "private, no-store"
    (secret,) = re.findall(r'class="receipt__secret code">([^<]+)<', got.text)
    event = town.life(code)[0]
    place = f"/passports/{code}/recorded/{event['id'].rpartition('/')[2]}"
    assert secret not in owner.get(place).text
    assert secret not in town.client.get(f"/passports/{code}/events").text
    assert other.acts(code) == [f"/passports/{code}/acts/claim"]
    wrong = other.act(code, "claim", claimSecret="0" * len(secret))
    assert wrong.status == 422
    assert 'id="claimSecret-error"' in wrong.text
    saved(other.act(code, "claim", claimSecret=secret))
    assert not town.life(code)[0].get("declared")


def test_one_form_moves_lends_and_gives_away_many_pieces(town: Town, owner: Browser, other: Browser) -> None:
    first, *others = town.pieces(4)
    assert saved(owner.act(first, "move", room="B1", others="\n".join(others))).endswith("?pieces=4")
    assert {town.life(each)[0]["eventType"] for each in others} == {"relocated"}
    wrong = owner.act(first, "move", room="B2", others="000000000 " + others[0])
    assert wrong.status == 422
    assert 'id="others-error"' in wrong.text
    assert "000000000" in wrong.text
    (foreign,) = town.pieces(1, "village")
    assert owner.act(first, "move", room="B2", others=foreign).status == 403
    given = owner.act(first, "transfer", receiver="private-party", others=" ".join(others))
    found = re.findall(r'class="receipt__secret code">([^<]+)<', given.text)
    assert len(set(found)) == 4
    saved(other.act(others[2], "claim", claimSecret=found[3].upper()))


def test_t01_only_who_recorded_it_can_undo_it(town: Town, owner: Browser, other: Browser, code: str) -> None:
    place = saved(owner.act(code, "inspect", result="C"))
    size = len(town.life(code))
    assert ">Undo</button>" in owner.get(place).text
    assert ">Undo</button>" not in other.get(place).text
    assert other.send(place, _word(other)).status == 403
    assert town.browser("watch").send(place, _word(town.browser("watch"))).status == 403
    assert len(town.life(code)) == size


def test_t27_a_hostile_name_is_text_on_every_page_of_a_session(town: Town, owner: Browser, code: str) -> None:
    hostile = town.browser("hostile")
    assert "<img" not in hostile.get("/").text
    assert "&lt;img" in hostile.get("/desk").text
    page = owner.get(f"/passports/{code}/acts/transfer").text
    assert "&lt;img" in page
    assert "<img" not in page


def test_taking_over_without_the_code_is_declared(town: Town, owner: Browser, other: Browser, code: str) -> None:
    owner.act(code, "transfer", receiver="private-party")
    saved(other.act(code, "claim"))
    assert town.life(code)[0]["declared"] is True


def test_lent_and_returned_lost_and_found_and_ended(town: Town, owner: Browser, code: str) -> None:
    saved(owner.act(code, "lend", borrower="private-party", until="2027-01-31"))
    for act in ("return", "lost", "found"):
        saved(owner.act(code, act))
    saved(owner.act(code, "end", ending="disposed"))
    kinds = [each["eventType"] for each in town.life(code)]
    assert kinds[:5] == ["disposed", "found", "lost", "returned", "lent"]
    assert owner.acts(code) == []
    assert owner.get(f"/passports/{code}/acts/repair").status == 409


def test_a_photo_is_kept_with_the_event_and_through_a_mistake(town: Town, owner: Browser, code: str) -> None:
    made = BytesIO()
    Image.new("RGB", (64, 48), "brown").save(made, "PNG")
    path = f"/passports/{code}/acts/repair"
    kind, body = multipart({**owner.hidden(path), "result": "B"}, "photo", made.getvalue())
    failed = send_from(owner, path, kind, body)
    assert failed.status == 422
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', failed.text.partition("<main")[2]))
    assert hidden["kept"].startswith(f"{BASE}/media/")
    saved(owner.send(path, {**hidden, "repairTypes": "tighten", "result": "B"}))
    held = town.life(code)[0]["restrictedDocuments"][0]["id"].removeprefix(BASE)
    payload = town.client.get(held, authorization=f"Bearer {town.tokens['town']}")
    assert payload.status == 200
    bad, body = multipart({**owner.hidden(path), "repairTypes": "tighten", "result": "B"}, "photo", b"<svg/>")
    refused = send_from(owner, path, bad, body)
    assert refused.status == 400
    assert "govuk-error-summary" in refused.text


def test_t02_forms_of_a_session_come_from_its_own_pages_alone(town: Town, owner: Browser, other: Browser) -> None:
    (code,) = town.pieces(1)
    path, size = f"/passports/{code}/acts/inspect", len(town.life(code))
    fields = {**owner.hidden(path), "result": "B"}
    foreign = {**fields, **_word(other)}
    for headers in (
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        {"origin": "https://sub.passport.example", "sec-fetch-site": "same-site"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
    ):
        assert owner.send(path, fields, **headers).status == 403, headers
    assert owner.send(path, foreign).status == 403
    assert owner.send(path, {**fields, "word": ""}).status == 403
    stranger = Browser(owner.client, "__Host-session=" + "A" * 43)
    assert stranger.send(path, fields).status == 401
    assert owner.send(path, fields, **{"content-type": "application/json"}).status == 415
    assert len(town.life(code)) == size


def test_machines_use_the_same_addresses_with_their_token(town: Town, owner: Browser, code: str) -> None:
    bearer = {"authorization": f"Bearer {town.tokens['town']}"}
    desk = town.client.get("/desk", **bearer)
    assert desk["cache-control"] == "private, no-store"
    assert desk["vary"] == "Accept, Authorization, Cookie"
    assert set(desk.json()) == {"incoming", "outgoing", "owned", "held"}
    body = urlencode({"result": "B"}).encode()
    got = town.client.send("POST", f"/passports/{code}/acts/inspect", {"content-type": FORM, **bearer}, body)
    assert got.status == 303


def test_hostile_words_stay_words(town: Town, owner: Browser, code: str) -> None:
    text = "\"><script>alert(1)</script>'"
    got = owner.act(code, "repair", notes=text, result="B")
    assert "<script" not in got.text
    for act in ("repair/x", "accept", "nothing", "../repair"):
        assert owner.get(f"/passports/{code}/acts/{act}").status == 404
    assert owner.get("/passports/000000000/acts/repair").status == 404


@pytest.mark.parametrize("language", ["en", "sv", "da", "pl"])
def test_every_form_has_its_words_in_every_language(town: Town, owner: Browser, language: str, code: str) -> None:
    browser = Browser(owner.client, owner.cookie, language)
    acts = ("repair", "inspect", "care", "parts", "refurbish", "move", "offer", "transfer", "lend", "collect", "end")
    for act in acts:
        page = browser.get(f"/passports/{code}/acts/{act}")
        assert page.status == 200
        assert f'<html lang="{language}">' in page.text
        assert f'/acts/{act}?lang={language}"' in page.text


def test_of_many_organisations_one_is_named_by_typing(
    tmp_path_factory: pytest.TempPathFactory, web_settings: Settings
) -> None:
    settings = web_settings.model_copy(update={"data": tmp_path_factory.mktemp("many") / "store"})
    running = create_system(settings)
    system = running.system
    client = Client(create_app(system, Pages(system.published, base=system.base), settings=settings))
    for number in range(14):
        add_organisation(system, Organisation(f"town-{number}", f"Kommun {number}", Role.OWNER, "municipality"))
    hidden = Organisation("shelter", "Skyddat boende", Role.OWNER, "company", public=False)
    add_organisation(system, hidden)
    crowd = Town(client, {"town-0": _token(system, "town-0")}, system)
    browser = crowd.browser("town-0")
    (code,) = crowd.pieces(1, "town-0")
    page = browser.get(f"/passports/{code}/acts/transfer").text
    assert page.count("<option") == 14
    assert "Skyddat boende" not in page
    got = browser.act(code, "transfer", receiver="Kommun 99")
    assert got.status == 422
    assert 'id="receiver-error"' in got.text
    assert 'value="Kommun 99"' in got.text
    saved(browser.act(code, "transfer", receiver="kommun 13"))
    assert browser.get("/desk").text.count("Kommun 13") == 1
    client.close()
    running.store.close()
