"""Work that is repeated: what goes wrong is told and tried again, and nothing is told at the end."""

from threading import Event

from passport.service.pacing import Stopped, repeat


def test_steps_go_on_after_what_went_wrong_until_they_are_stopped() -> None:
    stop, told, taken = Event(), list[Exception](), list[int]()

    def step() -> float:
        taken.append(len(taken))
        if len(taken) == 2:
            raise OSError("full")
        if len(taken) == 4:
            stop.set()
        return 0.0

    repeat(step, stop=stop, tell=told.append, retry=0.0)
    assert (len(taken), [str(each) for each in told]) == (4, ["full"])


def test_what_breaks_off_at_the_end_is_told_to_nobody() -> None:
    stop, told = Event(), list[Exception]()

    def step() -> float:
        stop.set()
        raise Stopped

    repeat(step, stop=stop, tell=told.append, retry=0.0)
    assert told == []


def test_no_step_is_taken_once_it_is_to_stop() -> None:
    stop = Event()
    stop.set()
    repeat(lambda: 1 / 0, stop=stop, tell=lambda _: None, retry=0.0)
