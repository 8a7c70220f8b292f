"""Small JSON bodies of requests that are no submissions."""

from typing import Any, Final

import orjson
from fastapi import Request

from passport.errors import Malformed, TooLarge, UnsupportedMedia
from passport.web.answers import JSON

_BYTES: Final = 1024 * 1024


async def json_object(request: Request) -> dict[str, Any]:
    """The JSON object that a request brings. Raises ``UnsupportedMedia``, ``TooLarge`` and ``Malformed``."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in ("", JSON):
        raise UnsupportedMedia("The body is sent as application/json.")
    body = await request.body()
    if len(body) > _BYTES:
        raise TooLarge("The body is too large.", limit=_BYTES, found=len(body))
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Malformed("The body is no JSON.") from None
    if not isinstance(value, dict):
        raise Malformed("The body is one JSON object.")
    return value
