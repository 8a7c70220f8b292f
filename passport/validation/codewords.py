"""What codes are called within the sentences of findings; reports say it in their own language."""

from collections.abc import Mapping
from typing import Final

CODE_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "ending": {
        "remanufactured": "remanufactured",
        "dismantled": "dismantled",
        "recycled": "recycled",
        "energyRecovered": "burnt for its energy",
        "disposed": "disposed of",
        "destroyed": "destroyed",
    },
    "role": {
        "supplier": "supplier",
        "owner": "owner",
        "holder": "holder",
        "professional-repairer": "professional repairer",
        "refurbisher": "refurbisher",
        "recycler": "recycler",
        "authority": "authority",
        "researcher": "researcher",
        "administrator": "administrator",
    },
    "relation": {
        "issuer": "issuer",
        "operator": "responsible operator",
        "owner": "owner",
        "holder": "holder",
        "delegate": "delegate of the owner",
        "receiver": "receiver of an offer",
        "claimant": "nothing known",
        "none": "nothing known",
        "": "nothing known",
    },
}
"""The codes that may fill a placeholder, by its name, with the English of each."""
