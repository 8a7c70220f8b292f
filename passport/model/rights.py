"""Who may let which event happen to which piece: roles limit the acts, relations limit the pieces; both must agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from passport.model.access import Role
from passport.model.events import EventType
from passport.model.passport import Tier


class Relation(StrEnum):
    """What an organisation is to a piece."""

    ISSUER = "issuer"
    OPERATOR = "operator"
    OWNER = "owner"
    HOLDER = "holder"
    DELEGATE = "delegate"
    RECEIVER = "receiver"
    CLAIMANT = "claimant"
    """Anybody who says that it got the piece from a private person."""


@dataclass(frozen=True, slots=True)
class Act:
    """What an event asks of the organisation that records it: one of the roles, and one of the relations."""

    roles: frozenset[Role]
    relations: frozenset[Relation]

    def allows(self, role: Role, relations: frozenset[Relation]) -> bool:
        """Whether an organisation of this role, with these relations to the piece, may do it."""
        return role in self.roles and not self.relations.isdisjoint(relations)


_MAKERS = frozenset({Role.SUPPLIER, Role.REFURBISHER, Role.ADMINISTRATOR})
_KEEPERS = frozenset({Role.SUPPLIER, Role.OWNER, Role.HOLDER, Role.ADMINISTRATOR})
_CRAFT = frozenset({Role.REPAIRER, Role.REFURBISHER})
_WASTE = frozenset({Role.RECYCLER})
_ANY_OWNER = _KEEPERS | _CRAFT | _WASTE

_SELF = frozenset({Relation.OWNER})
_MINE = frozenset({Relation.OWNER, Relation.DELEGATE})
_HERE = frozenset({Relation.OWNER, Relation.HOLDER, Relation.DELEGATE})
_ISSUED = frozenset({Relation.ISSUER, Relation.OPERATOR})

_MAKING = Act(_MAKERS, _ISSUED)
_SEEING = Act(_KEEPERS | _CRAFT | _WASTE, _HERE)
_CARING = Act(_KEEPERS | _CRAFT, _HERE)
_BETTERING = Act(_KEEPERS | _CRAFT, _MINE)
_PLACING = Act(_ANY_OWNER, _HERE)
_ENDING = Act(_ANY_OWNER, _HERE)
_WORKING_UP = Act(_WASTE | {Role.REFURBISHER, Role.ADMINISTRATOR}, _HERE)

ACTS: Mapping[EventType, Act] = MappingProxyType(
    {
        EventType.MANUFACTURED: _MAKING,
        EventType.PLACED: _MAKING,
        EventType.AVAILABLE: _MAKING,
        EventType.SERVICE: Act(_KEEPERS | _CRAFT, _HERE | _ISSUED),
        EventType.INSPECTED: _SEEING,
        EventType.ASSESSED: _SEEING,
        EventType.MAINTAINED: _CARING,
        EventType.CLEANED: _CARING,
        EventType.REPAIRED: _CARING,
        EventType.PARTS_REPLACED: _CARING,
        EventType.UPGRADED: _BETTERING,
        EventType.REFURBISHED: _BETTERING,
        EventType.REMANUFACTURED: Act(_MAKERS | {Role.OWNER, Role.REPAIRER}, _MINE),
        EventType.OFFERED_TRANSFER: Act(_ANY_OWNER, _SELF | {Relation.OPERATOR}),
        EventType.WITHDRAWN_TRANSFER: Act(_ANY_OWNER, _SELF | {Relation.OPERATOR}),
        EventType.REFUSED_TRANSFER: Act(_ANY_OWNER, frozenset({Relation.RECEIVER})),
        EventType.NEW_OWNER: Act(_ANY_OWNER, frozenset({Relation.OWNER, Relation.RECEIVER, Relation.CLAIMANT})),
        EventType.NEW_OPERATOR: Act(_MAKERS | {Role.OWNER}, frozenset({Relation.RECEIVER})),
        EventType.RELOCATED: _PLACING,
        EventType.LENT: Act(_ANY_OWNER, _MINE),
        EventType.RETURNED: Act(_ANY_OWNER, _HERE),
        EventType.OFFERED: Act(_ANY_OWNER, _MINE),
        EventType.RESERVED: Act(_ANY_OWNER, _MINE),
        EventType.WITHDRAWN: Act(_ANY_OWNER, _MINE),
        EventType.LOST: _PLACING,
        EventType.FOUND: _PLACING,
        EventType.COLLECTED: Act(_ANY_OWNER, _HERE),
        EventType.DISMANTLED: _ENDING,
        EventType.PARTS_HARVESTED: _ENDING,
        EventType.PREPARED: _WORKING_UP,
        EventType.RECYCLED: _WORKING_UP,
        EventType.ENERGY_RECOVERED: _WORKING_UP,
        EventType.DISPOSED: _ENDING,
        EventType.DESTROYED: _ENDING,
    }
)
"""What each event asks; those that the service makes itself are not among them."""

DELEGABLE: frozenset[EventType] = frozenset(type_ for type_, act in ACTS.items() if Relation.DELEGATE in act.relations)
"""The events that an owner may let another organisation record."""

READS: Mapping[Role, frozenset[Tier]] = MappingProxyType(
    {
        Role.SUPPLIER: frozenset({Tier.PUBLIC}),
        Role.OWNER: frozenset({Tier.PUBLIC, Tier.LEGITIMATE_INTEREST}),
        Role.HOLDER: frozenset({Tier.PUBLIC, Tier.LEGITIMATE_INTEREST}),
        Role.REPAIRER: frozenset({Tier.PUBLIC, Tier.LEGITIMATE_INTEREST}),
        Role.REFURBISHER: frozenset({Tier.PUBLIC, Tier.LEGITIMATE_INTEREST}),
        Role.RECYCLER: frozenset({Tier.PUBLIC, Tier.LEGITIMATE_INTEREST}),
        Role.AUTHORITY: frozenset({Tier.PUBLIC, Tier.LEGITIMATE_INTEREST, Tier.AUTHORITY}),
        Role.RESEARCHER: frozenset({Tier.PUBLIC}),
        Role.ADMINISTRATOR: frozenset({Tier.PUBLIC}),
    }
)
"""The tiers that each role may read of every product, whatever its relation to it."""
