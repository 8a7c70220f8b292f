"""Strangers' queries are harmless (T21, T22): each of the corpus ends as it must, and the next one is answered."""

import errno
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from passport.adapters.oxigraph import framing
from passport.adapters.oxigraph.generations import path_of
from passport.adapters.oxigraph.pool import QueryPool
from passport.adapters.oxigraph.process import command, environment
from passport.codecs import sparql
from passport.errors import QueriesBusy, QueryRefused, QueryStopped, QueryWrong, ResultTooLarge
from passport.model.query import Form, Question

FORMATS = {Form.TABLE: "text/csv", Form.TRUTH: "application/sparql-results+json", Form.GRAPH: "text/turtle"}
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
PATIENCE = 600
LEAST_CASES = 80
MEBIBYTES, OWN = 512, 256
UNPRIVILEGED = """
import ctypes, os, sys
BOUNDING_SET_DROP, ADMINISTRATION = 24, 21
ctypes.CDLL(None).prctl(BOUNDING_SET_DROP, ADMINISTRATION, 0, 0, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
"""Starts Python again without the capability that root has beyond others here; others have it not, anyway."""

Pools = Callable[..., QueryPool]


def ask(pool: QueryPool, text: str, *, client: str = "stranger") -> bytes:
    with closing(pool.ask(Question(text, "https://passport.example/sparql", FORMATS), client=client)) as answer:
        return b"".join(answer)


def counted(pool: QueryPool, *, client: str = "stranger") -> bytes:
    """The answer to a small query; again and again if the machine is so busy that its time is over first."""
    for _ in range(100):
        try:
            return ask(pool, COUNT, client=client)
        except QueryStopped as stopped:
            if stopped.values["limit"] != "time":
                raise
    raise AssertionError("no query is answered any more")


def outcome(pool: QueryPool, text: str) -> set[str]:
    """What became of a query, in the words of the corpus."""
    try:
        found = ask(pool, text)
    except QueryRefused as refused:
        return {"refused", str(refused.values["reason"])}
    except QueryStopped as stopped:
        return {"stopped"} if stopped.values["limit"] in {"time", "memory"} else set()
    except ResultTooLarge:
        return {"too-large"}
    except QueriesBusy:
        return {"busy"}
    except QueryWrong:
        return {"wrong"}
    return {"answered", "empty"} if len(found.splitlines()) <= 1 else {"answered"}


def settled(pool: QueryPool, text: str, expected: frozenset[str]) -> set[str]:
    """What became of a query; asked again a few times when it was stopped and is none of those that may be.

    On a busy machine its time may be over before a small one has begun.
    """
    found = outcome(pool, text)
    for _ in range(4):
        if found != {"stopped"} or "stopped" in expected:
            break
        found = outcome(pool, text)
    return found


@contextmanager
def largest(pool: QueryPool) -> Iterator[dict[int, int]]:
    """The most memory (KiB) that each process of the pool had, watched while the block lasts."""
    seen: dict[int, int] = {}
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.02):
            for number in pool.processes():
                try:
                    told = Path(f"/proc/{number}/status").read_text(encoding="ascii")
                except (FileNotFoundError, ProcessLookupError):
                    continue
                if found := re.search(r"VmHWM:\s+(\d+) kB", told):
                    seen[number] = int(found[1])

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield seen
    finally:
        stop.set()
        watching.join()


def children() -> set[int]:
    """The processes that this one has started and that are still there."""
    found = set()
    for each in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):
            found.update(map(int, (each / "children").read_text(encoding="ascii").split()))
    return found


def test_the_corpus_does_not_shrink(cases) -> None:
    assert len(cases) >= LEAST_CASES
    assert sum(case.outside for case in cases) >= 20


@pytest.fixture(scope="module")
def attacked(pools: Pools) -> Iterator[tuple[QueryPool, set[int]]]:
    """One pool that gets the whole corpus, and the processes from before it; its own end with it."""
    before = children()
    made = pools(processes=2)
    yield made, before
    made.close()
    assert children() <= before


def test_t21_each_query_ends_and_the_next_is_answered(case, attacked: tuple[QueryPool, set[int]]) -> None:
    made, before = attacked
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        text = case.against(f"http://127.0.0.1:{listener.getsockname()[1]}/")
        found: set[str] = set()
        with largest(made) as seen:
            asking = threading.Thread(target=lambda: found.update(settled(made, text, case.expected)), daemon=True)
            asking.start()
            asking.join(PATIENCE)
            assert not asking.is_alive(), "the query did not end"
            assert counted(made) == b"n\r\n3000\r\n"
        with pytest.raises(BlockingIOError):
            listener.accept()
    if "answered" in found and "empty" not in case.expected:
        found.discard("empty")
    assert found <= case.expected, found
    assert all(size <= (MEBIBYTES + OWN) * 1024 for size in seen.values())
    assert len(children() - before) <= 3


def test_t21_one_who_attacks_leaves_the_others_their_turn(pool: Pools) -> None:
    made = pool(processes=2, seconds=5, patience=PATIENCE)
    stop = threading.Event()

    def attack() -> None:
        while not stop.is_set():
            outcome(made, CROSS)

    attacking = [threading.Thread(target=attack) for _ in range(4)]
    for each in attacking:
        each.start()
    while not made.stats()["running"]:
        time.sleep(0.01)
    beaten = 0
    for _ in range(100):
        assert counted(made, client="researcher") == b"n\r\n3000\r\n"
        beaten += made.stats()["waiting"] > 0
    assert beaten > 0, "nothing was attacked meanwhile"
    assert made.stats()["answered"] >= 100
    stop.set()
    made.close()
    for each in attacking:
        each.join()


def test_t21_the_guard_alone_stands_before_a_server_that_others_share(case) -> None:
    """Whatever is refused before our own processes is refused there too; what they may only stop is smaller there."""
    if "refused" in case.expected:
        with pytest.raises(QueryRefused):
            sparql.check(case.text, limits=replace(sparql.STRICT, sources=("https://passport.example/",)))


def test_t22_a_process_has_no_network_no_other_file_and_no_other_program(graph: Path) -> None:
    tried = (
        "import os, socket, sys\n"
        "from pathlib import Path\n"
        "from passport.adapters.oxigraph.confining import confine\n"
        "folder = Path(sys.argv[1])\n"
        "held = confine(folder, memory=512)\n"
        "def told(what):\n"
        "    try: what()\n"
        "    except OSError as wrong: return wrong.errno\n"
        "    return 0\n"
        "print([*held, told(lambda: socket.socket()), told(lambda: socket.socket(socket.AF_UNIX)),\n"
        "    told(lambda: os.open('/etc/hostname', os.O_RDONLY)), told(lambda: os.listdir('/')),\n"
        "    told(lambda: os.open(folder / 'new', os.O_WRONLY | os.O_CREAT)), told(lambda: (folder / 'x').mkdir()),\n"
        "    told(lambda: os.execv(sys.executable, ['x'])), told(lambda: os.open(folder / 'CURRENT', os.O_RDONLY))])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", tried, str(graph)],
        capture_output=True,
        check=True,
        text=True,
        env={"PYTHONPATH": str(Path(sparql.__file__).parents[2])},
    )
    refused, denied = errno.EPERM, errno.EACCES
    expected = ["memory", "files", "network", refused, refused, denied, denied, denied, denied, refused, 0]
    assert done.stdout.strip() == repr(expected), done.stderr


def test_t22_the_processes_of_the_pool_are_confined_and_inherit_nothing(pool: Pools, graph: Path) -> None:
    with socket.socket() as inherited:
        inherited.set_inheritable(True)
        made = pool()
        counted(made)
        while len(made.confined()) < 4:
            time.sleep(0.01)
        for number in made.processes():
            folder = Path(f"/proc/{number}")
            places = [str(each.readlink()) for each in (folder / "fd").iterdir()]
            strange = [each for each in places if not each.startswith(("pipe:", f"{graph}/", "/dev/null"))]
            assert strange == []
            status = (folder / "status").read_text(encoding="ascii")
            assert "NoNewPrivs:\t1" in status
            assert "Seccomp:\t2" in status
            assert os.getpriority(os.PRIO_PROCESS, number) > os.getpriority(os.PRIO_PROCESS, 0)
            group = folder / "autogroup"
            assert not group.exists() or "nice 5" in group.read_text(encoding="ascii")
            assert b"PATH" not in (folder / "environ").read_bytes()
    assert {frozenset(each) for each in made.confined()} == {frozenset({"memory", "files", "network"})}


def test_t22_processes_that_start_together_without_privilege_are_all_polite_among_sessions(graph: Path) -> None:
    if not Path("/proc/self/autogroup").exists():
        pytest.skip("this system does not share time among sessions")
    start = [sys.executable, "-c", UNPRIVILEGED, *command(graph, memory=MEBIBYTES)[1:]]
    with ExitStack() as stack:
        started = [
            stack.enter_context(
                subprocess.Popen(
                    start,
                    env=environment(),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    bufsize=0,
                    start_new_session=True,
                )
            )
            for _ in range(3)
        ]
        for each in started:
            assert each.stdin is not None
            assert each.stdout is not None
            framing.send(each.stdin.fileno(), framing.OPEN, json.dumps({"path": str(path_of(graph, 1))}).encode())
            assert framing.receive(each.stdout.fileno())[0] == framing.OPENED
            assert "nice 5" in Path(f"/proc/{each.pid}/autogroup").read_text(encoding="ascii")


def test_t22_no_file_is_opened_and_no_socket_made_even_without_the_guard(cases, graph: Path, tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed (the Debian package strace)")
    log = tmp_path / "calls"
    traced = ["strace", "-f", "-o", str(log), "-e", "trace=%file,%network,open_by_handle_at,io_uring_setup"]
    with (
        socket.socket() as listener,
        subprocess.Popen(
            [*traced, *command(graph, memory=MEBIBYTES)],
            env=environment() | {"PATH": os.environ["PATH"]},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        into, out = process.stdin.fileno(), process.stdout.fileno()
        framing.send(into, framing.OPEN, json.dumps({"path": str(path_of(graph, 1))}).encode())
        assert framing.receive(out)[0] == framing.OPENED
        asked = 0
        for case in cases:
            if case.outside:
                framing.send(into, framing.ASK, told(case.against(f"http://127.0.0.1:{listener.getsockname()[1]}/")))
                while framing.receive(out)[0] in {framing.BEGUN, framing.DATA}:
                    pass
                asked += 1
        process.stdin.close()
        assert process.wait() == 0
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert asked >= 20
    calls = whole(log.read_text(encoding="utf-8"))
    assert "/etc/hostname" not in calls
    confined = calls.partition("O_PATH")[2].splitlines()[1:]
    opened = [line for line in confined if "open" in line and " = -1 " not in line and f'"{graph}/' not in line]
    assert opened == []
    assert not [
        line for line in confined if re.search(r"\b(?:socket|connect|io_uring_setup)\(", line) and "= -1" not in line
    ]


def whole(calls: str) -> str:
    """The calls that strace wrote down, each in one line where it ended: those of another thread may stand between."""
    begun: dict[str, str] = {}
    lines: list[str] = []
    for line in calls.splitlines():
        number, _, call = line.partition(" ")
        if call.endswith(" <unfinished ...>"):
            begun[number] = call.removesuffix(" <unfinished ...>")
        elif resumed := re.match(r"\s*<\.\.\. \w+ resumed>", call):
            lines.append(f"{number} {begun.pop(number, '')}{call[resumed.end() :]}")
        else:
            lines.append(line)
    return "\n".join([*lines, *(f"{number} {call}" for number, call in begun.items())])


def test_calls_that_strace_wrote_in_two_parts_are_put_together() -> None:
    parts = (
        '1  openat(3, "a" <unfinished ...>\n2  close(4) = 0\n1  <... openat resumed>, O_RDONLY) = -1 EACCES\n3  exit('
    )
    assert whole(f"{parts} <unfinished ...>") == '2  close(4) = 0\n1  openat(3, "a", O_RDONLY) = -1 EACCES\n3  exit('


def told(text: str) -> bytes:
    question = {
        "text": text,
        "base": "https://passport.example/sparql",
        "formats": {form.value: media_type for form, media_type in FORMATS.items()},
        "dataset": None,
        "own_dataset": "FROM" in text,
        "seconds": PATIENCE,
        "size": 1_000_000,
    }
    return json.dumps(question).encode()
