"""What a page must be in a browser: as wide as its window, with large targets, and without a fault that axe knows.

A page can be looked at where another one was loaded, by writing it over that one: the content security policy of the
page that was loaded holds for it, and its style sheets are at hand. Loading it would cost several times as much.
"""

from collections.abc import Sequence

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page

PHONE, DESK = 320, 1280
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"], "preload": False}
LAYOUT = {**RULES, "rules": {"color-contrast": {"enabled": False}, "target-size": {"enabled": False}}}
"""Without colours, which depend on neither width nor language, and sizes, of which ``misfits`` asks for more: these two
take most of the time."""

_WRITTEN = """async (view, html) => {
  const page = view.document;
  page.open();
  const loaded = new Promise(done => view.addEventListener('load', done, {once: true}));
  page.write(html);
  page.close();
  await loaded;
  if (![...page.querySelectorAll('link[rel=stylesheet]')].every(each => each.sheet && each.sheet.cssRules.length))
    throw new Error('a style sheet is missing');
}"""

_MISFITS = """(page, wide) => {
  const root = page.documentElement, over = root.scrollWidth - root.clientWidth;
  const found = over ? [[wide, 'overflow', over]] : [];
  for (const each of page.querySelectorAll('a, button, input, select, summary, textarea')) {
    if (each.matches('.govuk-skip-link, .CodeMirror *') || !each.getClientRects().length) continue;
    const own = each.getBoundingClientRect();
    const label = each.labels && each.labels[0] ? each.labels[0].getBoundingClientRect() : own;
    const size = [Math.max(own.width, label.width), Math.max(own.height, label.height)];
    if (Math.min(...size) < 43.5) found.push([wide, 'small', each.outerHTML.slice(0, 120), ...size]);
  }
  return found;
}"""

_FRAMED = """() => new Promise(done => {
  const frame = document.createElement('iframe');
  frame.addEventListener('load', done, {once: true});
  Object.assign(frame, {id: 'look', height: 800, frameBorder: 0});
  Object.assign(frame.style, {position: 'absolute', left: '-9999px'});
  document.body.append(frame);
})"""
"""A window whose width can be changed at once; out of sight, so that nobody paints it."""

_MEASURE = f"""async ([html, widths, unfolded]) => {{
  const frame = document.getElementById('look');
  await ({_WRITTEN})(frame.contentWindow, html);
  const found = [];
  const look = () => {{
    for (const wide of widths) {{
      frame.width = wide;
      if (frame.contentWindow.innerWidth !== wide) throw new Error('the frame is not as wide as it was told');
      found.push(...({_MISFITS})(frame.contentDocument, wide));
    }}
  }};
  look();
  if (unfolded) {{
    frame.contentDocument.querySelectorAll('details').forEach(each => {{ each.open = true; }});
    look();
  }}
  return found;
}}"""

_ALIKE = """within => {
  const asked = ['color', 'backgroundColor', 'backgroundImage', 'opacity', 'filter', 'textShadow', 'fontSize',
    'fontWeight', 'position', 'zIndex', 'clip'];
  const kinds = new Map(), shown = new Set(), alike = [];
  const seen = each => each.checkVisibility({opacityProperty: true, visibilityProperty: true});
  const spells = each => [...each.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const walk = (each, above) => {
    const style = getComputedStyle(each), kind = [above, ...asked.map(name => style[name])].join('|');
    if (!kinds.has(kind)) kinds.set(kind, kinds.size);
    const number = kinds.get(kind);
    if (shown.has(number)) alike.push(each);
    else if (spells(each) && seen(each)) shown.add(number);
    for (const below of each.children) walk(below, number);
  };
  walk(document.querySelector(within || 'html'), '');
  alike.forEach(each => each.setAttribute('data-alike', ''));
}"""
"""Mark each text that looks like one before it: it and all it stands in have the colours, sizes and places of that."""

_AXE = f"""async ([within, rules, every]) => {{
  document.querySelectorAll('[data-alike]').forEach(each => each.removeAttribute('data-alike'));
  if (!every) ({_ALIKE})(within);
  axe.configure({{rules: [{{id: 'color-contrast', selector: every ? '*' : '*:not([data-alike])'}}]}});
  return (await axe.run(within || document, rules)).violations.map(each => [each.id, each.nodes[0].html.slice(0, 200)]);
}}"""

_SHORTEN = """() => document.querySelectorAll('.cards-list > li:nth-child(n + 12), tbody > tr:nth-child(n + 12)')
  .forEach(each => each.remove())"""


def misfits(page: Page) -> list[object]:
    """How far a page stands out of its window, and what of it is too small to be touched, at the window's width."""
    found: list[object] = page.evaluate(f"() => ({_MISFITS})(document, innerWidth)")
    return found


def faults(
    page: Page, rules: dict[str, object] = RULES, within: str | None = None, *, every: bool = False
) -> list[object]:
    """What axe finds on a page, or in the first element within it that a selector names.

    Contrast takes most of the time: of texts that look alike the first one is looked at, or ``every`` one.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[object] = page.evaluate(_AXE, [within, rules, every or rules is LAYOUT])
    return found


def shorten(page: Page) -> None:
    """Leave the first lines of long lists and tables, which repeat one kind of line."""
    page.evaluate(_SHORTEN)


class Lectern:
    """A place in a browser where pages are laid, each over the one before; what the console says is kept."""

    def __init__(self, chromium: Browser, address: str) -> None:
        self.trouble: list[str] = []
        self._pages: dict[tuple[int, str], Page] = {}
        self._chromium, self._address = chromium, address

    def misfits(self, html: str, widths: Sequence[int] = (PHONE, DESK), *, unfolded: bool = False) -> list[object]:
        """``misfits`` of a page in windows of these widths; if asked, also with everything unfolded."""
        found: list[object] = self._at(DESK, "fits").evaluate(_MEASURE, [html, list(widths), unfolded])
        return found

    def faults(
        self, html: str, rules: dict[str, object] = RULES, width: int = PHONE, *, every: bool = False
    ) -> list[object]:
        """What axe finds on a page whose long lists are shortened; ``every`` as ``faults`` says."""
        page = self._at(width, "axe")
        page.evaluate(f"html => ({_WRITTEN})(window, html)", html)
        shorten(page)
        return faults(page, rules, every=every)

    def close(self) -> None:
        for page in self._pages.values():
            page.context.close()

    def _at(self, width: int, use: str) -> Page:
        """A page of its own for each use and width: changing a window's size costs as much as laying out a page."""
        if (width, use) not in self._pages:
            page = self._chromium.new_context(viewport={"width": width, "height": 800}).new_page()
            page.on("console", lambda message: self.trouble.append(message.text))
            page.goto(self._address)
            page.evaluate(_FRAMED if use == "fits" else AXE_SCRIPT)
            self._pages[width, use] = page
        return self._pages[width, use]
