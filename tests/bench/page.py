"""Pages of a piece with its model per second of one core, beside a bare Jinja render of as many bytes.

Run: python tests/bench/page.py
"""

import importlib.util
import time
from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment

from passport.published import Published
from passport.web.pages import Pages

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
    pages = Pages(Published.load(), base=samples.BASE)
    view = samples.maker()("item")
    html = pages.passport("sv", view)
    lines = html.splitlines()
    bare = Environment(autoescape=True).from_string("{% for line in lines %}<p>{{ line }}</p>\n{% endfor %}")
    ours = per_second(lambda: pages.passport("sv", view))
    limit = per_second(lambda: bare.render(lines=lines))
    print(f"page of a piece with its model: {len(html.encode()) / 1024:.1f} KiB")
    print(f"ours  {ours:8.0f} pages a second of one core ({1000 / ours:.2f} ms each), target {TARGET}")
    print(f"limit {limit:8.0f} bare renders of as many bytes; ours is {ours / limit:.2f} of it")
    if ours < TARGET:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
