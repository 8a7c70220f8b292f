import pytest

from passport.proofs.did import did_web


@pytest.mark.parametrize(
    ("address", "path", "did"),
    [
        ("https://passport.example", (), "did:web:passport.example"),
        ("https://passport.example/", ("organisations", "maker"), "did:web:passport.example:organisations:maker"),
        ("http://localhost:8000", ("organisations", "maker"), "did:web:localhost%3A8000:organisations:maker"),
        ("https://town.example/furniture/dpp", ("o",), "did:web:town.example:furniture:dpp:o"),
    ],
)
def test_the_did_of_an_address(address, path, did):
    assert did_web(address, *path) == did
