"""What is told of an organisation's own pieces and offers as JSON."""

from passport.ports import Contact
from passport.web.pages.desk import Offer, Piece


def piece_value(base: str, piece: Piece) -> dict[str, object]:
    """A piece of a list."""
    said = {"name": list(piece.names), "grade": piece.grade, "availability": piece.availability}
    return {
        "code": piece.code,
        "passport": f"{base}/passports/{piece.code}",
        **{name: it for name, it in said.items() if it},
    }


def offer_value(base: str, offer: Offer) -> dict[str, object]:
    """An open transfer with its first pieces and, on its own page, whom to ask."""
    return {
        "transfer": f"{base}/transfers/{offer.id}",
        "transferSubject": offer.subject,
        "from": offer.giver,
        "to": offer.receiver,
        "expires": offer.expires,
        "total": offer.total,
        "pieces": [piece_value(base, each) for each in offer.pieces],
        **({} if offer.contact is None else {"contact": _contact_value(offer.contact)}),
    }


def _contact_value(contact: Contact) -> dict[str, str]:
    phone = {"phone": contact.phone} if contact.phone else {}
    return {"name": contact.name, "email": contact.email, **phone}
