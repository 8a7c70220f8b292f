"""The writer of the graph is killed anywhere: what queries see stays whole, and in the end nothing was skipped."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import Store

from passport.adapters.oxigraph.generations import current, path_of
from passport.adapters.oxigraph.graph import OxigraphGraph
from passport.model.naming import id_at
from passport.service.erasure import erase
from passport.service.following import Follower, rebuild
from passport.service.submissions import submit
from passport.settings import Settings
from passport.wiring import create_system, open_system
from tests.conftest import BASE

PROGRAM = Path(__file__).parent / "feeding.py"
ROOT = Path(__file__).parents[2]
WORDS = "spilled by somebody whose name is erased"
FEW, MANY = 2, 40


class Town:
    """A store whose log grows, and a follower of it that is killed."""

    def __init__(self, data, child, follower):
        self.settings = Settings(data=data, base_url=BASE, signing_secret=child.SECRET)
        self.folder = data / "graph"
        self._child, self._follower = child, follower
        self._codes, self._number = [], 0

    def make(self, organisations):
        running = create_system(self.settings)
        organisations(running.system)
        for number in range(12):
            self._codes += [each.code for each in self._child.submitted(running.system, f"k{number}").issued]
        running.close()
        return self

    def grow(self, *, erasing=False):
        """Record something of some pieces; with ``erasing`` take the words of one of these out again."""
        running = open_system(self.settings)
        for code in self._codes[self._number % 5 :: 3]:
            self._number += 1
            words = [{"value": f"{WORDS} {self._number}", "language": "en"}]
            event = {"eventType": "maintained", "products": [code], "careAction": words}
            body = self._child.json.dumps(event).encode()
            sent = submit(running.system, body=body, media_type="application/json", caller=self._child.CALLER)
        if erasing:
            erase(running.system, id_at(sent.recorded[0].event), reason="A person was named")
        self._codes += [self._child.submitted(running.system, f"more {self._number}").issued[0].code]
        running.close()

    def killed(self, **given):
        """Follow in a process until it has killed itself, and look at what queries see then."""
        ended = self._follower(data=str(self.settings.data), **given)
        assert ended["signal"] == signal.SIGKILL, "nothing was killed"
        assert ended["said"] == ["following"]
        seen = current(self.folder)
        if seen is not None:
            quads = sum(1 for _ in Store.read_only(str(path_of(self.folder, seen.number))))
            assert quads == seen.quads
        return seen

    def finished(self):
        """Follow to the end: what queries see then, and what they should see, as sorted N-Quads."""
        running = open_system(self.settings)
        follower = Follower(running.system)
        follower.step(wait=10)
        while follower.behind > 0:
            follower.step()
        follower.publish()
        found = self._quads()
        running.close()
        aside = self.folder.with_name("graph aside")
        self.folder.rename(aside)
        running = open_system(self.settings)
        assert rebuild(running.system, progress=lambda _done, _of: None)
        wanted = self._quads()
        running.close()
        shutil.rmtree(self.folder)
        aside.rename(self.folder)
        return found, wanted

    def _quads(self):
        store = Store.read_only(str(path_of(self.folder, current(self.folder).number)))
        return sorted(f"{quad} ." for quad in store)


@pytest.fixture(scope="module")
def follower():
    """Follows a log in a process that kills itself; gives how it ended and what it said."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PASSPORT_")}
    environment |= {"PYTHONPATH": str(ROOT)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, str(PROGRAM)], env=environment, text=True, **pipes) as program:

        def follow(**asked):
            print(json.dumps(asked), file=program.stdin, flush=True)
            return json.loads(program.stdout.readline())

        yield follow


@pytest.fixture
def town(tmp_path, child, follower, towns_people):
    return Town(tmp_path / "store", child, follower).make(towns_people)


@pytest.mark.parametrize(
    "places",
    [
        ("put:5", "keep:1", "write_durably:1", "backup:1", "rename:1", "make_current:1", "discard_others:1"),
        ("put:3", "copied:1", "backup:2", "rename:2", "make_current:2", "rmtree:1", "rmtree:2"),
    ],
    ids=["growing", "erasing"],
)
def test_wherever_the_writer_is_killed_nothing_is_skipped_or_half_seen(town, places):
    erasing = "copied:1" in places
    if erasing:
        town.killed(at="discard_others:1")
    for place in places:
        town.grow(erasing=erasing)
        town.killed(at=place)
    found, wanted = town.finished()
    assert found == wanted
    assert len(found) > 1000
    assert OxigraphGraph(town.folder).position() > 0


def drill(town, *, kills, seed):
    choice = random.Random(seed)
    made = set()
    for kill in range(kills):
        town.grow(erasing=kill % 4 == 1)
        seen = town.killed(seconds=choice.uniform(0.0, 1.5))
        made.add(None if seen is None else seen.number)
    found, wanted = town.finished()
    assert found == wanted
    print(f"The writer of the graph was killed {kills} times; queries saw {len(made)} generations on the way.")


def test_killed_at_any_time_it_ends_with_the_graph_that_is_made_anew(town):
    drill(town, kills=FEW, seed=31)


@pytest.mark.slow
def test_killed_many_times_it_ends_with_the_graph_that_is_made_anew(town):
    drill(town, kills=MANY, seed=32)


def test_negative_control_a_writer_that_is_done_before_it_has_begun_is_caught(town):
    town.killed(at="discard_others:1")
    town.grow()
    town.killed(at="put:1", skips=True)
    found, wanted = town.finished()
    assert found != wanted
