"""What the index in SQLite files does when they are damaged, deleted, of another form, or left by a killed process."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import passport
from passport.adapters.search.index import SqliteSearch
from passport.errors import StoreFailing
from passport.model.search import Findable
from tests.adapters.finding import CHAIR, TABLE, codes, learn


def files(folder: Path) -> list[Path]:
    return sorted(each for each in folder.iterdir() if each.suffix == ".sqlite")


def spoilt(path: Path) -> None:
    """The middle of a file overwritten, and its log with it."""
    data = bytearray(path.read_bytes())
    data[100:] = b"\x55" * (len(data) - 100)
    path.write_bytes(bytes(data))
    path.with_name(path.name + "-wal").unlink(missing_ok=True)


@pytest.mark.parametrize("harm", ["deleted", "emptied", "text", "spoilt", "folder"])
@pytest.mark.parametrize("opened", [True, False])
def test_a_damaged_index_begins_anew(tmp_path, harm, opened):
    folder = tmp_path / "search"
    index = SqliteSearch(folder, stamp="1")
    learn(index, Findable("CHAIR", (), CHAIR))
    if not opened:
        index.close()
        index = SqliteSearch(folder, stamp="1")
    (path,) = files(folder)
    if harm in ("deleted", "folder"):
        for each in folder.iterdir():
            if harm == "folder" or each == path:
                each.unlink()
        if harm == "folder":
            folder.rmdir()
    elif harm == "spoilt":
        spoilt(path)
    else:
        path.write_bytes(b"" if harm == "emptied" else b"no database " * 1000)
    assert codes(index, "chair") == []
    assert index.position() == 0
    learn(index, Findable("CHAIR", (), CHAIR))
    assert codes(index, "chair") == ["CHAIR"]
    assert len(files(folder)) == 1
    index.close()


def test_a_file_that_took_the_place_of_a_deleted_one_is_noticed(tmp_path):
    folder = tmp_path / "search"
    one, other = SqliteSearch(folder, stamp="1"), SqliteSearch(folder, stamp="1")
    learn(one, Findable("CHAIR", (), CHAIR))
    assert codes(one, "chair") == codes(other, "chair") == ["CHAIR"]
    shutil.rmtree(folder)
    learn(other, Findable("TABLE", (), TABLE), position=3)
    assert [each.name for each in files(folder)] == ["0001.sqlite"]
    assert codes(one, "chair") == codes(other, "chair") == ["TABLE"]
    assert one.position() == 3
    one.close()
    other.close()


def test_another_stamp_begins_anew_and_the_same_goes_on(tmp_path):
    index = SqliteSearch(tmp_path / "search", stamp="1")
    learn(index, Findable("CHAIR", (), CHAIR), position=7)
    index.close()
    again = SqliteSearch(tmp_path / "search", stamp="1")
    assert again.position() == 7
    again.close()
    newer = SqliteSearch(tmp_path / "search", stamp="2")
    assert newer.position() == 0
    assert codes(newer, "chair") == []
    newer.close()


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "search").write_text("a file where the folder should be")
    with pytest.raises((OSError, StoreFailing)):
        SqliteSearch(tmp_path / "search", stamp="1").position()


def test_a_killed_step_leaves_the_index_as_it_was(tmp_path):
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from passport.adapters.search.index import SqliteSearch\n"
        "from passport.model.passport import Level\n"
        "from passport.model.search import Description, Findable\n"
        "def step(following):\n"
        "    for number in range(2000):\n"
        "        following.put(Findable(f'K{number}', (), Description(Level.MODEL, names=(f'zebra {number}',))))\n"
        "    following.reach(99, b'')\n"
        "    os._exit(9)\n"
        "SqliteSearch(Path(sys.argv[1]), stamp='1').follow(step)\n"
    )
    folder = tmp_path / "search"
    index = SqliteSearch(folder, stamp="1")
    learn(index, Findable("CHAIR", (), CHAIR))
    root = str(Path(passport.__file__).parents[1])
    done = subprocess.run([sys.executable, "-c", program, folder], env={"PYTHONPATH": root}, check=False)
    assert done.returncode == 9
    assert index.position() == 1
    assert codes(index, "zebra") == []
    assert codes(index, "chair") == ["CHAIR"]
    learn(index, Findable("TABLE", (), TABLE), position=2)
    assert codes(index, "desk") == ["TABLE"]
    index.close()
