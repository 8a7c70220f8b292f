"""Witnesses: others who vouch that the log only grows, by setting their signatures under its checkpoints."""

from threading import Event

from passport.ports import Checkpoint, Witness, WitnessReply
from passport.proofs import checkpoints, ledger, notes
from passport.proofs.notes import NoteError, Verifier
from passport.service import log
from passport.service.pacing import Tell, repeat
from passport.service.system import System

_REFUSALS = {
    400: "says that the checkpoint is smaller than what it was sent as",
    403: "does not know a key that signed the checkpoint",
    404: "does not know this log",
    422: "did not accept the proof",
}


class Unwitnessed(Exception):
    """A witness did not sign: why, in English."""


class Cosigning:
    """Collects the cosignatures of one process, and remembers up to which size each witness knows the log."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._known: dict[str, int] = {}

    def collect(self, *, tell: Tell) -> Checkpoint | None:
        """Ask every witness that has not signed the newest checkpoint; gives it as it is then published."""
        published = self._system.history.checkpoint()
        if published is None or published.size == 0:
            return published
        lines = []
        for witness in self._system.witnesses:
            try:
                key = notes.verifier(witness.vkey)
                if key not in notes.verified(notes.parse(published.note), [key]):
                    lines.append(self._line(witness, key, published))
            except (NoteError, Unwitnessed, OSError) as wrong:
                tell(wrong)
        return self._publish(published, lines) if lines else published

    def _publish(self, asked: Checkpoint, lines: list[str]) -> Checkpoint:
        """Set the lines under the checkpoint that they are of; there may be a newer one by now."""
        system = self._system
        with system.marks.held():
            newest = system.history.checkpoint()
            if newest is None or newest.size != asked.size:
                return newest or asked
            note = newest.note + "".join(line for line in lines if line not in newest.note)
            return log.keep(system, Checkpoint(newest.size, newest.root, note, newest.at))

    def _line(self, witness: Witness, key: Verifier, published: Checkpoint) -> str:
        """One witness's signature line. Raises ``Unwitnessed``.

        1. Send the checkpoint with a proof from the size that the witness is thought to know.
        2. Told another size (409), send once more from there.
        3. Of the lines in the answer take the one that is this witness's and holds.
        """
        known = self._known.get(witness.vkey, 0)
        reply = self._sent(witness, known, published)  # 1
        if reply.status == 409:  # 2
            told = checkpoints.told_size(reply.body)
            if told is None or reply.media_type != checkpoints.SIZE_TYPE:
                raise Unwitnessed(f"{key.name} did not say which size it knows")
            if told > published.size:
                raise Unwitnessed(f"{key.name} knows {told} documents, the checkpoint has {published.size}")
            reply = self._sent(witness, told, published)
        if reply.status != 200:
            raise Unwitnessed(f"{key.name} {_REFUSALS.get(reply.status, f'answered {reply.status}')}")
        line = _signed(reply, key, published)  # 3
        self._known[witness.vkey] = published.size
        return line

    def _sent(self, witness: Witness, known: int, published: Checkpoint) -> WitnessReply:
        partly = 0 < known < published.size
        proof = ledger.consistency(known, published.size, log.reader(self._system)) if partly else []
        return witness.add_checkpoint(checkpoints.submission(min(known, published.size), proof, published.note))


def keep_up(system: System, *, stop: Event, tell: Tell) -> None:
    """Collect cosignatures of each new checkpoint until ``stop`` is set; what fails is tried again later."""
    collecting, failed = Cosigning(system), False

    def note(wrong: Exception) -> None:
        nonlocal failed
        failed = True
        tell(wrong)

    def step() -> float:
        nonlocal failed
        failed = False
        collecting.collect(tell=note)
        return log.RETRY if failed else log.INTERVAL

    repeat(step, stop=stop, tell=tell, retry=log.RETRY)


def _signed(reply: WitnessReply, key: Verifier, published: Checkpoint) -> str:
    text = notes.parse(published.note).text
    signed = notes.parse(notes.written(text, [reply.body.decode("utf-8", "replace")]))
    if key not in notes.verified(signed, [key]):
        raise Unwitnessed(f"{key.name} answered without its signature")
    return next(each.line for each in signed.signatures if each.by(key))
