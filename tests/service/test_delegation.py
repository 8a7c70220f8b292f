"""Delegations: what an owner lets others record, of which pieces, until when, and what ends it."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from passport.errors import Forbidden, Malformed, NotFound
from passport.model.access import Caller, Role, Scope
from passport.model.events import EventType
from passport.ports import Delegation
from passport.service import delegation
from passport.service.submissions import Outcome
from passport.service.system import System

Send = Callable[..., Outcome]
Give = Callable[..., Delegation]
WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"events": []}, "events"),
    ({"events": ["transferOffered"]}, "events"),
    ({"events": ["painted"]}, "events"),
    ({"to": "university", "events": ["inspected"]}, "events"),
    ({"to": "city"}, "delegate"),
    ({"until": "2026-11-21T12:00:00Z"}, "until"),
    ({"until": "2026-11-20T00:00:00Z"}, "until"),
    ({"until": "2030-01-01T00:00:00Z"}, "until"),
    ({"until": "soon"}, "until"),
    ({"until": "2026-12-01T00:00:00"}, "until"),
    ({"starts": "2027-01-01T00:00:00Z"}, "until"),
    ({"starts": "never"}, "starts"),
    ({"codes": ["0000-0000-0"]}, "passports"),
    ({"codes": ["7KX9-4M2Q-Z"]}, "passports"),
    ({"codes": [str(number) for number in range(10_001)]}, "passports"),
)
pytestmark = pytest.mark.usefixtures("parties")


def as_(system: System, slug: str, *scopes: Scope) -> Caller:
    organisation = system.parties.organisation(slug)
    assert organisation is not None
    return Caller("", slug, organisation.role, frozenset(scopes or Scope))


@pytest.fixture
def give(system: System) -> Give:
    """Delegate as an organisation; to the workshop, repairs, until Christmas, if nothing else is said."""

    def give(by: str = "city", to: str = "workshop", **asked: Any) -> Delegation:
        usual = {"events": ["repaired", "inspected"], "until": "2026-12-24T00:00:00Z"}
        return delegation.delegate(system, as_(system, by), to=to, **{**usual, **asked})

    return give


def repair(*pieces: str, **members: Any) -> dict[str, Any]:
    return {"eventType": "repaired", "products": list(pieces), "repairTypes": ["tighten"], **members}


@pytest.fixture
def another(act: Send) -> Callable[[str], str]:
    """One more piece of an organisation."""

    def another(owner: str) -> str:
        one: Mapping[str, Any] = {"granularity": "item", "category": "desk", "isSecondHandLegacy": True, "owner": owner}
        return act(owner, one).issued[0].code

    return another


class TestWhatItAllows:
    def test_the_delegate_records_those_events_of_all_that_the_owner_has(
        self, act: Send, chair: str, give: Give, another: Any, refused: Any, sound: Any, system: System
    ) -> None:
        assert refused(act, "workshop", repair(chair)) == {"relation-not-allowed"}
        give()
        later = another("city")
        assert len(act("workshop", repair(chair, later)).recorded) == 2
        assert refused(act, "workshop", {"eventType": "cleaned", "products": [chair]}) == {"relation-not-allowed"}
        assert sound(system)

    def test_t02_a_delegate_of_one_owner_may_do_nothing_with_pieces_of_another(
        self, act: Send, chair: str, give: Give, another: Any, refused: Any, system: System
    ) -> None:
        give()
        foreign = another("village")
        size = system.history.size()
        assert refused(act, "workshop", repair(foreign)) == {"relation-not-allowed"}
        assert refused(act, "workshop", repair(chair, foreign)) == {"relation-not-allowed"}
        assert system.history.size() == size

    def test_some_pieces_are_not_all(self, act: Send, chair: str, give: Give, another: Any, refused: Any) -> None:
        other = another("city")
        made = give(codes=[f"https://passport.example/passports/{chair}", chair.lower()])
        assert made.codes == {chair}
        assert act("workshop", repair(chair)).recorded
        assert refused(act, "workshop", repair(other)) == {"relation-not-allowed"}

    def test_t02_the_role_still_limits_the_act(self, act: Send, chair: str, give: Give, refused: Any) -> None:
        with pytest.raises(Malformed, match="recycler does not allow") as found:
            give(to="scrapyard", events=["repaired", "recycled"])
        assert (found.value.values["at"], found.value.values["strange"]) == ("events", ["repaired"])
        give(to="scrapyard", events=["recycled"])
        assert refused(act, "scrapyard", repair(chair)) == {"role-not-allowed"}
        assert act("scrapyard", {"eventType": "recycled", "products": [chair]}).recorded

    def test_others_than_the_delegate_gain_nothing(self, act: Send, chair: str, give: Give, refused: Any) -> None:
        give()
        assert refused(act, "upholsterer", repair(chair)) == {"relation-not-allowed"}


class TestItsTime:
    def test_it_counts_from_its_beginning_to_its_end(
        self, act: Send, chair: str, give: Give, refused: Any, clock: Any
    ) -> None:
        give(starts="2026-11-22T12:00:00Z", until="2026-11-23T14:00:00+02:00")
        assert refused(act, "workshop", repair(chair)) == {"relation-not-allowed"}
        clock.forward(days=1)
        assert act("workshop", repair(chair)).recorded
        clock.forward(days=1)
        assert refused(act, "workshop", repair(chair)) == {"relation-not-allowed"}

    def test_an_older_time_of_the_event_does_not_bring_an_ended_one_back(
        self, act: Send, chair: str, give: Give, refused: Any, clock: Any
    ) -> None:
        give(until="2026-11-22T12:00:00Z")
        clock.forward(days=2)
        assert refused(act, "workshop", repair(chair, eventTime="2026-11-21T13:00:00Z")) == {"relation-not-allowed"}

    def test_taken_back_it_counts_no_more(
        self, act: Send, chair: str, give: Give, refused: Any, clock: Any, system: System
    ) -> None:
        made = give()
        assert act("workshop", repair(chair)).recorded
        clock.forward(minutes=1)
        delegation.revoke(system, as_(system, "city"), made.id)
        assert refused(act, "workshop", repair(chair)) == {"relation-not-allowed"}
        first = delegation.one(system, as_(system, "city"), made.id).revoked
        clock.forward(minutes=1)
        delegation.revoke(system, as_(system, "city"), made.id)
        assert delegation.one(system, as_(system, "city"), made.id).revoked == first

    def test_when_the_owner_changes_that_of_the_former_owner_counts_no_more(
        self, act: Send, chair: str, give: Give, refused: Any
    ) -> None:
        give(codes=[chair])
        give()
        transfer = act("city", {"eventType": "transferOffered", "products": [chair], "receiver": "village"})
        assert act("workshop", repair(chair)).recorded, "until it is accepted"
        accepted = {"eventType": "ownershipTransferred", "transfer": transfer.recorded[0].transfer}
        act("village", accepted)
        assert refused(act, "workshop", repair(chair)) == {"relation-not-allowed"}
        give(by="village")
        assert act("workshop", repair(chair)).recorded


def test_the_same_again_is_the_one_that_is_there(give: Give, chair: str, system: System, clock: Any) -> None:
    first = give()
    clock.forward(minutes=1)
    assert give() == first
    assert give(codes=[chair]) != first
    delegation.revoke(system, as_(system, "city"), first.id)
    assert give() != first
    assert len(system.parties.delegations(owner="city")) == 3


class TestWhatIsRefused:
    def test_what_makes_no_sense_is_named(self, give: Give, system: System) -> None:
        for asked, at in WRONG:
            with pytest.raises(Malformed) as found:
                give(**asked)
            assert found.value.values["at"] == at, asked
        assert system.parties.delegations() == []

    def test_pieces_of_others_models_and_strangers(
        self, give: Give, another: Any, send: Any, model: dict[str, Any]
    ) -> None:
        made = send(model).issued[0].code
        for code in (another("village"), made):
            with pytest.raises(Malformed) as found:
                give(codes=[code])
            assert found.value.values["strange"] == [code]
        with pytest.raises(NotFound):
            give(to="nobody")

    def test_t37_a_token_that_reads_delegates_nothing(self, system: System, chair: str) -> None:
        caller = as_(system, "city", Scope.READ)
        with pytest.raises(Forbidden):
            delegation.delegate(system, caller, to="workshop", events=["repaired"], until="2026-12-24T00:00:00Z")

    def test_t02_only_the_parties_see_it_and_only_the_owner_takes_it_back(self, give: Give, system: System) -> None:
        made = give()
        assert [each.id for each in delegation.given(system, as_(system, "city"))] == [made.id]
        assert [each.id for each in delegation.received(system, as_(system, "workshop"))] == [made.id]
        assert delegation.one(system, as_(system, "workshop"), made.id) == made
        for other in ("village", "watch"):
            assert delegation.given(system, as_(system, other)) == delegation.received(system, as_(system, other)) == []
            with pytest.raises(NotFound):
                delegation.one(system, as_(system, other), made.id)
        for other in ("village", "workshop"):
            with pytest.raises(NotFound):
                delegation.revoke(system, as_(system, other), made.id)
        assert delegation.one(system, as_(system, "city"), made.id).revoked is None


def test_every_role_may_be_given_only_what_it_may_do(give: Give, system: System) -> None:
    assert as_(system, "depot").role is Role.HOLDER
    made = give(to="depot", events=["relocated", "found", "repaired"])
    assert made.events == {EventType.RELOCATED, EventType.FOUND, EventType.REPAIRED}
    with pytest.raises(Malformed):
        give(to="depot", events=["preparedForReuse"])
