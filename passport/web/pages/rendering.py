"""How templates become text: one compiled Jinja environment for each language, strict escaping, no inline anything."""

import hashlib
import json
import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from types import CodeType
from typing import Any, Protocol

from jinja2 import (
    BytecodeCache,
    ChainableUndefined,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
)
from jinja2.bccache import Bucket
from jinja2.ext import Extension

from passport.codecs.catalogues import catalogue
from passport.model.languages import LANGUAGES, NAMES
from passport.model.shortcode import grouped
from passport.web.pages import formats
from passport.web.pages.words import CATALOGUE, listed

WEB = Path(__file__).parent.parent
ASSETS = WEB / "assets"
"""The folder that is served at ``/assets/``; ``built/`` inside it is written by the build hook and may be missing."""


def stylesheets(folder: Path = ASSETS) -> tuple[str, ...]:
    """The addresses of the stylesheets, marked with their digest: the compiled one, or the plain one without it."""
    first = "built/passport.css" if (folder / "built" / "passport.css").is_file() else "plain.css"
    return tuple(marked(folder, name) for name in (first, "site.css"))


def marked(folder: Path, name: str) -> str:
    """The address of a file in the folder, marked with its digest."""
    return f"/assets/{name}?v={hashlib.sha256((folder / name).read_bytes()).hexdigest()[:12]}"


class Translating(Extension):
    """Translates texts without placeholders while a template is compiled, so that rendering does not look them up."""

    _PLAIN = re.compile(r'\b_\(("(?:[^"\\]|\\.)*")\)')

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Put the text in the environment's language in the place of its look-up."""
        texts = catalogue(self.environment.globals["lang"], CATALOGUE)
        return self._PLAIN.sub(
            lambda match: json.dumps(texts.gettext(json.loads(match[1])), ensure_ascii=False), source
        )


class _Compiled(BytecodeCache):
    """What the templates were compiled to in one language, for all renderers of a process."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what a template of this source was compiled to."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what a template was compiled to."""
        self._codes[bucket.key, bucket.checksum] = bucket.code


_COMPILED = {language: _Compiled() for language in LANGUAGES}
"""By language, since texts are translated while a template is compiled."""


class _Environment(Environment):
    """One whose globals are all there before the first template is loaded."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What a template knows, as a plain dictionary: every page and every import in it reads all of it."""
        return {**self.globals, **(d or {})}


class Render(Protocol):
    """Makes a page of a template in a language."""

    def __call__(self, template: str, lang: str, **values: object) -> str:
        """A whole HTML page."""


class Renderer:
    """Renders the templates of this package; made once, used by all requests."""

    def __init__(self, shared: Mapping[str, object]) -> None:
        """Compile nothing yet; ``shared`` is known to every template."""
        self._environments = {language: _environment(language, shared) for language in LANGUAGES}

    def render(self, template: str, language: str, **values: object) -> str:
        """One page in one language."""
        return self._environments[language].get_template(template).render(values)


def _environment(language: str, shared: Mapping[str, object]) -> Environment:
    loader = ChoiceLoader(
        [
            FileSystemLoader(WEB / "templates"),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    environment = _Environment(
        loader=loader,
        autoescape=True,
        undefined=ChainableUndefined,
        extensions=["jinja2.ext.i18n", Translating],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=_COMPILED[language],
    )
    texts = catalogue(language, CATALOGUE)
    environment.install_gettext_callables(texts.gettext, texts.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(shared, lang=language, languages=NAMES, stylesheets=stylesheets())
    environment.filters.update(
        date=lambda value: formats.date(value, language),
        grouped=grouped,
        listed=listed,
    )
    return environment
