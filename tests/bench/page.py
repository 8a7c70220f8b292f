"""Pages of pieces with their model per second of one core, beside a bare Jinja render of as many bytes.

One model says what models commonly say, the other fills every field there is. The sections that only the model speaks
in are kept between pages; what they cost when they are not is printed too.

Run: python tests/bench/page.py
"""

import importlib.util
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

from jinja2 import Environment

from passport.published import Published
from passport.web.pages import Pages, PassportPage

SAMPLES = Path(__file__).parent.parent / "web" / "pages" / "samples.py"
SECONDS = 3.0
TARGET = 300


def per_second(work: Callable[[], object]) -> float:
    """How often ``work`` is done in a second of processor time."""
    for _ in range(20):
        work()
    count, start = 0, time.process_time()
    while time.process_time() - start < SECONDS:
        work()
        count += 1
    return count / (time.process_time() - start)


def main() -> None:
    spec = importlib.util.spec_from_file_location("page_samples", SAMPLES)
    assert spec is not None
    assert spec.loader is not None
    samples = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(samples)
    make = samples.maker()
    published = Published.load()
    views = {"common": make("item"), "full": make("item", document=samples.FULL_ITEM, model=samples.FULL)}
    slow = [name for name, view in views.items() if measure(name, Pages(published, base=samples.BASE), view) < TARGET]
    pages, numbers = Pages(published, base=samples.BASE), count()
    fresh = per_second(lambda: pages.passport("sv", changed(views["full"], next(numbers))))
    print(f"full, nothing kept: {fresh:.0f} pages a second")
    if slow:
        raise SystemExit(1)


def changed(view: PassportPage, number: int) -> PassportPage:
    """The same piece of another model, of which nothing is kept yet."""
    return replace(view, model_document={**(view.model_document or {}), "shortCode": str(number)})


def measure(name: str, pages: Pages, view: PassportPage) -> float:
    """How many pages of ``view`` are made in a second, printed beside the limit."""
    html = pages.passport("sv", view)
    lines = html.splitlines()
    bare = Environment(autoescape=True).from_string("{% for line in lines %}<p>{{ line }}</p>\n{% endfor %}")
    ours = per_second(lambda: pages.passport("sv", view))
    limit = per_second(lambda: bare.render(lines=lines))
    print(f"{name}: a piece with its model, {len(html.encode()) / 1024:.1f} KiB")
    print(f"  ours  {ours:8.0f} pages a second of one core ({1000 / ours:.2f} ms each), target {TARGET}")
    print(f"  limit {limit:8.0f} bare renders of as many bytes; ours is {ours / limit:.2f} of it")
    return ours


if __name__ == "__main__":
    main()
