"""Pictures over HTTP: what the answer to an upload says, small forms, and photos that are not for everybody (T07)."""

from io import BytesIO

import pytest
from PIL import Image

from tests.web.conftest import BASE, PNG, Client, World


def _jpeg(colour: tuple[int, int, int]) -> bytes:
    file = BytesIO()
    Image.new("RGB", (900, 600), colour).save(file, "JPEG", comment=b"Kalle Karlsson")
    return file.getvalue()


def test_an_upload_says_what_to_name_in_a_submission(client: Client, world: World) -> None:
    got = client.post("/media", _jpeg((9, 99, 9)), world.tokens["maker"], content_type="image/jpeg")
    assert got.status == 201
    told = got.json()
    assert told.keys() == {"url", "digest", "contentType", "width", "height", "thumbnails"}
    assert (told["contentType"], told["width"], told["height"]) == ("image/jpeg", 900, 600)
    assert told["url"] == got["location"] == f"{BASE}/media/{told['digest'].removeprefix('sha256:')}"
    whole = client.get(told["url"])
    assert b"Kalle" not in whole.body
    assert "immutable" in whole["cache-control"]
    for edge, place in told["thumbnails"].items():
        small = client.get(place)
        assert small["content-type"] == "image/webp"
        assert max(Image.open(BytesIO(small.body)).size) == min(int(edge), 900)
        assert small["etag"] != whole["etag"]
        assert "sandbox" in " ".join(small.all("content-security-policy"))
    assert client.get(f"{told['url']}?edge=321").status == 400
    paper = client.post("/media", b"%PDF-1.7\n", world.tokens["maker"], content_type="application/pdf")
    assert paper.json().keys() == {"url", "digest", "contentType"}


@pytest.mark.parametrize("language", ["en", "sv"])
def test_a_refusal_says_what_to_do(client: Client, world: World, language: str) -> None:
    heic = b"\0\0\0\x18ftypheic" + b"\0" * 40
    got = client.post("/media", heic, world.tokens["maker"], content_type="image/heic", accept_language=language)
    assert got.status == 400
    assert "JPEG" in got.json()["detail"]
    assert client.post("/media", _jpeg((1, 2, 3))[:400], world.tokens["maker"], content_type="image/jpeg").status == 400
    assert client.post("/media", PNG, world.tokens["maker"], content_type="image/svg+xml").status == 400


def test_t07_a_photo_of_an_event_opens_for_those_with_a_right_only(client: Client, world: World) -> None:
    sent = client.post(
        "/media?tier=legitimate-interest", _jpeg((200, 9, 9)), world.tokens["town"], content_type="image/jpeg"
    )
    place = sent.json()["url"]
    unknown = client.get("/media/" + "0" * 64)
    for target in (place, f"{place}?edge=320"):
        for accept in (None, "text/html"):
            hidden = client.get(target, accept)
            assert hidden.status == 404
            assert "etag" not in hidden
        assert client.get(target).json()["detail"] == unknown.json()["detail"]
        assert client.get(target, authorization=f"Bearer {world.tokens['school']}").status == 404
        assert client.get(target, authorization="Bearer wrong").status == 401
        seen = client.get(target, authorization=f"Bearer {world.tokens['watch']}")
        assert seen.status == 200
        assert seen["cache-control"] == "private, no-cache"
        assert seen["vary"] == "Authorization, Cookie"
        assert seen["x-robots-tag"] == "noindex"
        again = client.get(target, if_none_match=seen["etag"])
        assert again.status == 404, "who has no right is not told that it is still the same"
    assert client.post("/media?tier=owner", PNG, world.tokens["town"], content_type="image/png").status == 400
