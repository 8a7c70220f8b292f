"""What the service needs from outside, as promises: history, parties, media, search, graph, signer and clock.

Every adapter of a port is run through that port's one contract suite in ``tests/adapters``.
"""

from passport.ports.checkpoints import Marks, Witness, WitnessReply
from passport.ports.clock import Clock
from passport.ports.graph import Answering, Feeding, Graph, Queries
from passport.ports.history import (
    STATUS_LIST_SIZE,
    Answer,
    Checkpoint,
    Counts,
    Entry,
    Erasure,
    History,
    Location,
    Node,
    Reading,
    Submission,
    Tree,
    Writing,
)
from passport.ports.media import Media, Pictures, Still
from passport.ports.parties import Contact, Delegation, Key, Organisation, Parties, Session, Token
from passport.ports.search import Following, Search
from passport.ports.signing import Signer
from passport.ports.snapshots import Draft, Snapshots

__all__ = [
    "STATUS_LIST_SIZE",
    "Answer",
    "Answering",
    "Checkpoint",
    "Clock",
    "Contact",
    "Counts",
    "Delegation",
    "Draft",
    "Entry",
    "Erasure",
    "Feeding",
    "Following",
    "Graph",
    "History",
    "Key",
    "Location",
    "Marks",
    "Media",
    "Node",
    "Organisation",
    "Parties",
    "Pictures",
    "Queries",
    "Reading",
    "Search",
    "Session",
    "Signer",
    "Snapshots",
    "Still",
    "Submission",
    "Token",
    "Tree",
    "Witness",
    "WitnessReply",
    "Writing",
]
