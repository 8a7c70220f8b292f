import importlib.util
from pathlib import Path

_spec = importlib.util.spec_from_file_location("page_samples", Path(__file__).with_name("samples.py"))
assert _spec is not None
assert _spec.loader is not None
samples = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(samples)

published, pages, make, every_page = samples.published, samples.pages, samples.make, samples.every_page
