"""Texts are kept while there is room, and only under what they were made from."""

from passport.web.pages.keeping import Kept, mark


def test_a_text_is_made_once() -> None:
    kept, made = Kept(1000), []

    def make() -> str:
        made.append(1)
        return "x"

    assert [kept.get("a", make), kept.get("a", make)] == ["x", "x"]
    assert len(made) == 1


def test_the_least_used_goes_first_and_room_is_never_passed() -> None:
    kept = Kept(160)
    for name in range(16):
        kept.get(name, lambda: "x" * 10)
    kept.get(0, lambda: "y")
    kept.get("new", lambda: "x" * 10)
    assert len(kept) == 16
    assert kept.get(0, lambda: "y") == "x" * 10
    assert kept.get(1, lambda: "y") == "y"


def test_one_text_never_takes_most_of_the_room() -> None:
    kept = Kept(160)
    kept.get("big", lambda: "x" * 11)
    assert len(kept) == 0


def test_marks_differ_with_the_content() -> None:
    assert mark({"a": "1"}) == mark({"a": "1"})
    assert mark({"a": "1"}) != mark({"a": 1})
