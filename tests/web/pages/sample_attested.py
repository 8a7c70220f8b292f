"""Credentials and transfers as their pages are given them."""

from dataclasses import replace

from passport.model.access import Role
from passport.model.events import Subject
from passport.model.passport import Document, Kind, Tier
from passport.ports import Organisation
from passport.service.credentials import Attested
from passport.service.transfers import Handed, Outcome, Transfer
from passport.web.pages.attesting import CredentialPage, TransferPage
from tests.web.pages.sample_documents import BASE, ITEM, ITEM_CODE, OTHER_CODE

_ID = "01a202f7-b0e4-7d0f-a731-cb9dc5d8ddc3"
_DOCUMENT = Document(
    position=3,
    id=_ID,
    code=ITEM_CODE,
    kind=Kind.EVENT,
    tier=Tier.PUBLIC,
    version=1,
    seq=2,
    at="2026-11-02T09:30:00Z",
    issuer="lund",
    digest=b"\x00" * 32,
    start=0,
    status_list=0,
    status_index=17,
    submission="",
    signature=b"",
    header=b"",
    payload=b"{}",
)
_PUBLIC = Attested(
    address=f"{BASE}/credentials/{_ID}",
    code=ITEM_CODE,
    kind=Kind.EVENT,
    tier=Tier.PUBLIC,
    type="ProductEventCredential",
    about=f"{BASE}/events/{_ID}",
    document=_DOCUMENT,
    issuer="did:web:pass.example.org:organisations:lund",
    valid_from="2026-11-02T09:30:00Z",
    status=f"{BASE}/status/0#17",
    revoked=True,
)
_HIDDEN = Attested(
    address=f"{BASE}/credentials/{_ID}",
    code=ITEM_CODE,
    kind=Kind.PASSPORT,
    tier=Tier.OWNER,
    type="RestrictedPassportCredential",
    about=f"{BASE}/passports/{ITEM_CODE}/versions/2",
)
_OFFER = {"id": f"{BASE}/events/{_ID}", "eventType": "transferOffered", "eventTime": "2026-11-02T09:30:00Z"}
_ANSWER = {"id": f"{BASE}/events/{_ID}", "eventType": "ownershipTransferred", "eventTime": "2026-11-03T09:30:00Z"}
_TRANSFER = Transfer(
    address=f"{BASE}/transfers/{_ID}",
    subject=Subject.OWNERSHIP,
    offered="2026-11-02T09:30:00Z",
    expires="2026-12-02T09:30:00Z",
    total=1,
    more=False,
    pieces=(Handed(ITEM_CODE, (_OFFER,), Outcome.OPEN),),
)
_NAMES = {ITEM_CODE: ITEM.get("itemName", ())}

SIGNED = CredentialPage(_PUBLIC, Organisation("lund", "Lund Möbler AB", Role.SUPPLIER, "maker", "SE"))
RESTRICTED = CredentialPage(_HIDDEN, readable=False)
OFFERED = TransferPage(_TRANSFER, _NAMES)
CLOSED = TransferPage(
    replace(
        _TRANSFER,
        subject=Subject.RESPONSIBILITY,
        expires="",
        total=1000,
        more=True,
        pieces=(
            Handed(ITEM_CODE, (_OFFER, _ANSWER), Outcome.ACCEPTED),
            Handed(OTHER_CODE, (_OFFER,), Outcome.LAPSED),
        ),
    ),
    _NAMES,
    giver="A maker whose name is long enough to fill more than one line of a telephone",
    receiver="Exempelby kommun",
    signed=True,
)
