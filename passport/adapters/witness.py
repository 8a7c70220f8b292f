"""A witness of the log over HTTP (C2SP tlog-witness)."""

from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from passport.ports import WitnessReply

_SECONDS = 10
_LONGEST = 64 * 1024


class _Stay(HTTPRedirectHandler):
    """What is meant for one witness is not sent on to whom it names."""

    def redirect_request(self, *_: object) -> None:
        """Follow none."""


class HttpWitness:
    """One witness (``passport.ports.Witness``)."""

    def __init__(self, address: str, vkey: str) -> None:
        """``address`` is its submission prefix, with http or https."""
        self._address = f"{address.rstrip('/')}/add-checkpoint"
        self._vkey = vkey
        self._opener = build_opener(_Stay)

    @property
    def vkey(self) -> str:
        """The public key of its cosignatures."""
        return self._vkey

    def add_checkpoint(self, body: bytes) -> WitnessReply:
        """Send it a checkpoint and what proves it. Raises ``OSError`` when it does not answer within ten seconds."""
        request = Request(self._address, body, {"content-type": "text/plain; charset=utf-8"})  # noqa: S310 - a setting
        try:
            with self._opener.open(request, timeout=_SECONDS) as answer:
                return WitnessReply(answer.status, answer.headers.get_content_type(), answer.read(_LONGEST))
        except HTTPError as refused:
            with refused:
                return WitnessReply(refused.code, refused.headers.get_content_type(), refused.read(_LONGEST))
        except HTTPException as wrong:
            raise OSError(f"the witness does not speak HTTP: {wrong}") from wrong
