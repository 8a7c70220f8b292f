"""What the pool of processes promises beyond the port of queries."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from passport.adapters.oxigraph import stock
from passport.adapters.oxigraph.generations import current, path_of
from passport.adapters.oxigraph.pool import QueryPool
from passport.codecs import sparql
from passport.errors import NoGraph, QueriesBusy, QueryRefused, QueryStopped, QueryWrong, StoreFailing
from passport.model.query import Question
from tests.adapters.asking import BASE, ENDLESS, FORMATS, NAMES, answered, generation, rows


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "graph"


@pytest.fixture
def pool(folder: Path) -> Iterator[Callable[..., QueryPool]]:
    """Makes pools over the folder, and closes them."""
    made: list[QueryPool] = []

    def new(**limits: float) -> QueryPool:
        made.append(QueryPool(folder, guard=sparql.check, **limits))  # type: ignore[arg-type]
        return made[-1]

    yield new
    for each in made:
        each.close()


def until(holds: Callable[[], object], seconds: float = 300) -> None:
    """Wait until something holds; it must, some time."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def gone(number: int) -> bool:
    """Whether there is no such process any more, not even as a zombie."""
    return not Path(f"/proc/{number}").exists()


def dead(number: int) -> bool:
    """Whether a process runs no more, even if nobody has asked for its end yet."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


class TestPool:
    """What the pool of processes promises beyond the port."""

    def test_nothing_runs_before_the_first_question(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        generation(folder, 1)
        made, threads = pool(), {*threading.enumerate()}
        assert made.generation() is not None
        assert made.processes() == ()
        made.close()
        assert {*threading.enumerate()} <= threads

    def test_there_is_no_graph_yet(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        made = pool()
        assert made.generation() is None
        with pytest.raises(NoGraph):
            answered(made, "ASK {}")
        assert made.processes() == ()
        generation(folder, 1)
        assert answered(made, "ASK {}")

    def test_the_next_question_sees_a_new_generation(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        generation(folder, 1, 0)
        made = pool()
        count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
        for number in range(2, 6):
            assert rows(answered(made, count)) == [{"n": str(4 + (number - 2) * 10) if number > 2 else "4"}]
            generation(folder, number, (number - 1) * 10)
            shutil.rmtree(path_of(folder, number - 1))
        assert rows(answered(made, count)) == [{"n": "44"}]

    def test_a_deleted_generation_breaks_no_query_that_runs(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        first = generation(folder, 1, 3000)
        made = pool()
        with closing(made.ask(Question("SELECT * { ?s ?p ?o }", BASE, FORMATS), client="someone")) as answer:
            generation(folder, 2, 0)
            shutil.rmtree(path_of(folder, 1))
            assert answer.generation == first
            assert len(rows(b"".join(answer))) == 3004

    def test_a_damaged_generation_is_no_graph(
        self, folder: Path, pool: Callable[..., QueryPool], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(stock, "_PATIENCE", 1.0)
        generation(folder, 1)
        for each in path_of(folder, 1).iterdir():
            each.unlink()
        made = pool()
        with pytest.raises(NoGraph):
            answered(made, "ASK {}")

    def test_a_process_that_dies_while_it_waits_is_replaced(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        generation(folder, 1)
        made = pool(processes=2)
        answered(made, "ASK {}")
        until(lambda: len(made.processes()) == 3)
        for number in made.processes():
            os.kill(number, signal.SIGKILL)
            until(lambda number=number: dead(number))
        assert len(rows(answered(made, NAMES))) == 2

    @pytest.mark.parametrize(
        ("end", "limit"),
        [
            (signal.SIGKILL, "memory"),
            (signal.SIGABRT, "memory"),
            (signal.SIGSEGV, "engine"),
            (signal.SIGSYS, "engine"),
            (signal.SIGALRM, "time"),
        ],
    )
    def test_t21_how_a_process_ends_over_a_query_says_why(
        self, folder: Path, pool: Callable[..., QueryPool], end: signal.Signals, limit: str
    ) -> None:
        generation(folder, 1)
        made, told, heard = pool(processes=1, seconds=600), [], list[Any]()

        def ask() -> None:
            with pytest.raises(QueryStopped) as stopped:
                made.ask(Question(ENDLESS, BASE, FORMATS), client="someone", heard=heard.append)
            told.append(stopped.value.values["limit"])

        waiting = threading.Thread(target=ask)
        waiting.start()
        until(lambda: heard and heard[0]._begun)
        for number in made.processes():
            os.kill(number, end)
        waiting.join()
        assert told == [limit]
        assert len(rows(answered(made, NAMES))) == 2

    @pytest.mark.skipif(sys.platform != "linux", reason="elsewhere files and the network are not taken away")
    def test_counts_processes_and_those_that_are_not_confined(
        self, folder: Path, pool: Callable[..., QueryPool], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        generation(folder, 1)
        made = pool(processes=2)
        assert (made.stats()["processes"], made.stats()["unconfined"]) == (0, 0)
        answered(made, "ASK {}")
        until(lambda: len(made.confined()) == 3)
        assert (made.stats()["processes"], made.stats()["unconfined"]) == (3, 0)
        monkeypatch.setattr(
            made, "confined", lambda: (("memory",), ("memory", "files"), ("memory", "files", "network"))
        )
        assert made.stats()["unconfined"] == 2

    def test_closing_an_answer_kills_its_query(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        generation(folder, 1)
        made = pool(processes=1, seconds=600, size=10**12)
        everything = "SELECT * { ?s ?p ?o . ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        answer = made.ask(Question(everything, BASE, FORMATS), client="someone")
        before = set(made.processes())
        answer.close()
        assert len(rows(answered(made, NAMES))) == 2
        until(lambda: made.stats().get("closed") == 1)
        assert len(before - set(made.processes())) == 1

    def test_close_kills_what_runs_and_leaves_no_process(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        generation(folder, 1)
        made, ended = pool(processes=1, seconds=600), []

        def ask() -> None:
            with pytest.raises(QueriesBusy):
                answered(made, ENDLESS)
            ended.append(True)

        waiting = threading.Thread(target=ask)
        waiting.start()
        until(lambda: len(made.processes()) == 2)
        numbers = made.processes()
        made.close()
        waiting.join()
        assert ended == [True]
        assert made.processes() == ()
        assert all(map(gone, numbers))
        with pytest.raises(QueriesBusy):
            answered(made, "ASK {}")

    def test_one_client_leaves_a_process_to_the_others(
        self, folder: Path, pool: Callable[..., QueryPool], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        generation(folder, 1)
        made = pool(seconds=600, patience=600)

        def ask() -> None:
            with pytest.raises(QueriesBusy):
                answered(made, ENDLESS, client="hog")

        hogs = [threading.Thread(target=ask) for _ in range(2)]
        for each in hogs:
            each.start()
        until(lambda: made.stats().get("running") == 2)
        with monkeypatch.context() as impatient:
            impatient.setattr(made, "_patience", 0.1)
            with pytest.raises(QueriesBusy) as busy:
                answered(made, "ASK {}", client="hog")
        assert busy.value.retry_after > 0
        for at in range(5):
            assert len(rows(answered(made, NAMES, client=f"client {at}"))) == 2
        made.close()
        for each in hogs:
            each.join()

    def test_the_line_is_not_endless(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        generation(folder, 1)
        made, ended = pool(processes=1, seconds=600, patience=600, per_minute=10_000), []

        def ask() -> None:
            with pytest.raises(QueriesBusy):
                answered(made, ENDLESS)
            ended.append(True)

        waiting = [threading.Thread(target=ask) for _ in range(70)]
        for each in waiting:
            each.start()
        until(lambda: made.stats()["waiting"] >= 64 and len(ended) >= 4)
        made.close()
        for each in waiting:
            each.join()
        assert len(ended) == 70

    def test_t21_who_has_most_in_a_full_line_gives_way(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        generation(folder, 1)
        made, ended = pool(processes=2, seconds=600, patience=600, per_minute=10_000), []

        def ask() -> None:
            with pytest.raises(QueriesBusy):
                answered(made, ENDLESS, client="hog")
            ended.append(True)

        waiting = [threading.Thread(target=ask) for _ in range(70)]
        for each in waiting:
            each.start()
        until(lambda: made.stats()["waiting"] >= 64 and len(ended) >= 5)
        assert len(rows(answered(made, NAMES, client="other"))) == 2
        until(lambda: len(ended) >= 6)
        made.close()
        for each in waiting:
            each.join()
        assert len(ended) == 70

    def test_t21_an_answer_without_room_on_the_disk_ends_alone(
        self, folder: Path, pool: Callable[..., QueryPool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        generation(folder, 1)
        made = pool(processes=2, size=20_000_000, seconds=60)
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
        for _ in range(3):
            with pytest.raises(StoreFailing):
                answered(made, "SELECT * { ?s ?p ?o . ?a ?b ?c }")
        assert len(rows(answered(made, NAMES))) == 2
        assert (made.stats()["store-failing"], made.stats()["running"]) == (3, 0)

    @pytest.mark.skipif(sys.platform != "linux", reason="file descriptors are told in /proc")
    def test_t21_processes_are_replaced_after_descriptors_were_out(
        self, folder: Path, pool: Callable[..., QueryPool]
    ) -> None:
        generation(folder, 1)
        made = pool(processes=1, seconds=600)
        running = made.ask(Question("SELECT * { ?s ?p ?o . ?a ?b ?c }", BASE, FORMATS), client="a")
        until(lambda: len(made.processes()) == 2)
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        free = os.dup(0)
        os.close(free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
        try:
            for each in made.processes():
                os.kill(each, signal.SIGKILL)
            running.close()
            time.sleep(1)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert len(rows(answered(made, NAMES))) == 2

    def test_an_answer_that_nobody_reads_keeps_no_process(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        generation(folder, 1, 100)
        made = pool(processes=1, size=20_000_000, seconds=60)
        text = "SELECT * { ?s ?p ?o . ?a ?b ?c }"
        unread = [made.ask(Question(text, BASE, FORMATS), client=f"client {at}") for at in range(4)]
        assert len(rows(answered(made, NAMES))) == 2
        assert {len(b"".join(each)) for each in unread} == {len(answered(made, text))}

    def test_who_reads_nothing_loses_when_there_is_no_room(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        generation(folder, 1, 100)
        made = pool(processes=1, size=2_000_000, seconds=60)
        text = "SELECT * { ?s ?p ?o . ?a ?b ?c }"
        unread = [made.ask(Question(text, BASE, FORMATS), client=f"client {at}") for at in range(9)]
        until(lambda: made.stats().get("answered") == 9)
        with pytest.raises(QueryStopped) as stopped:
            b"".join(unread[0])
        assert stopped.value.values["limit"] == "reading"
        assert b"".join(unread[-1])
        for each in unread:
            each.close()

    def test_counts_what_became_of_questions(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        generation(folder, 1)
        made = pool()
        answered(made, "ASK {}")
        for text in ("ASK", "CLEAR ALL"):
            with pytest.raises((QueryWrong, QueryRefused)):
                answered(made, text)
        told = made.stats()
        assert (told["answered"], told["query-wrong"], told["query-refused"]) == (1, 1, 1)
        assert told["seconds"] > 0
        assert (told["running"], told["waiting"]) == (0, 0)

    def test_processes_end_when_their_parent_is_killed(self, folder: Path, tmp_path: Path) -> None:
        generation(folder, 1)
        script = tmp_path / "asking.py"
        script.write_text(
            "import sys, threading, time\n"
            "from pathlib import Path\n"
            "from passport.adapters.oxigraph.pool import QueryPool\n"
            "from passport.codecs import sparql\n"
            "from passport.model.query import Form, Question\n"
            "made = QueryPool(Path(sys.argv[1]), guard=sparql.check, seconds=600)\n"
            "question = Question(sys.argv[2], 'x:', {Form.TABLE: 'text/csv'})\n"
            "threading.Thread(target=made.ask, args=(question,), kwargs={'client': 'x'}, daemon=True).start()\n"
            "while len(made.processes()) < 4: time.sleep(0.01)\n"
            "print(*made.processes(), flush=True)\n"
            "time.sleep(600)\n"
        )
        root = str(Path(sparql.__file__).parents[2])
        with subprocess.Popen(
            [sys.executable, str(script), str(folder), ENDLESS], stdout=subprocess.PIPE, env={"PYTHONPATH": root}
        ) as parent:
            assert parent.stdout is not None
            numbers = [int(each) for each in parent.stdout.readline().split()]
            assert len(numbers) == 4
            parent.kill()
        until(lambda: all(map(gone, numbers)))

    def test_current_is_what_the_folder_says(self, folder: Path, pool: Callable[..., QueryPool]) -> None:
        made = generation(folder, 7)
        assert pool().generation() == made == current(folder)
