"""What this project publishes, by IRI and version: schemas, contexts, terms and code lists. Immutable, no network."""

from passport.published.constraints import Constraint, ShapeFile, ShapeOf
from passport.published.groups import Group, KindFacts, Section
from passport.published.library import CONTEXT, CREDENTIAL_CONTEXT, GROUP, Published
from passport.published.namespaces import VOCAB
from passport.published.profiles import EVENT, Asked, Use
from passport.published.shapes import Field, Shape
from passport.published.vocabulary import CodeList, Concept, Term

__all__ = [
    "CONTEXT",
    "CREDENTIAL_CONTEXT",
    "EVENT",
    "GROUP",
    "VOCAB",
    "Asked",
    "CodeList",
    "Concept",
    "Constraint",
    "Field",
    "Group",
    "KindFacts",
    "Published",
    "Section",
    "Shape",
    "ShapeFile",
    "ShapeOf",
    "Term",
    "Use",
]
