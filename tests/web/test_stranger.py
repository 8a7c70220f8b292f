"""A stranger with a stock JOSE library and two addresses verifies a passport; nothing of ours is used."""

import base64
import json
import threading
import time
import urllib.request
from collections.abc import Iterator

import pytest
import uvicorn
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from passport.service.submissions import submit
from passport.service.system import System
from passport.settings import Settings
from passport.wiring import Running, build_app
from tests.ports import free_port

MODEL = {
    "granularity": "model",
    "modelName": [{"value": "Oak chair", "language": "en"}],
    "manufacturer": {"name": "Exempel Möbler AB"},
    "category": "visitor-chair",
    "materials": [{"materialClass": "wood-solid", "massShare": 100}],
}


@pytest.fixture
def settings(tmp_path, port: int) -> Settings:
    secret = "a signing secret for tests, long enough"
    return Settings(data=tmp_path / "store", base_url=f"http://127.0.0.1:{port}", signing_secret=secret)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def address(running: Running, system: System, caller, port: int) -> Iterator[str]:
    outcome = submit(system, body=json.dumps(MODEL).encode(), media_type="application/json", caller=caller("maker"))
    config = uvicorn.Config(build_app(running), host="127.0.0.1", port=port, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield f"{system.base}/passports/{outcome.issued[0].code}"
    server.should_exit = True
    thread.join()


def _get(address: str, accept: str) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(address, headers={"Accept": accept}), timeout=120) as answer:
        return bytes(answer.read())


def _did_web_address(did: str) -> str:
    """The HTTP form of a did:web (its method specification, section 3.2; http because the host is this machine)."""
    host, *path = did.removeprefix("did:web:").split(":")
    return f"http://{host.replace('%3A', ':')}/{'/'.join(path)}/did.json"


def test_a_stock_library_verifies_a_passport_from_two_addresses(address: str) -> None:
    token = _get(address, "application/vc+jwt")
    header = json.loads(base64.urlsafe_b64decode(token.split(b".")[0] + b"=="))
    did = header["kid"].split("#")[0]
    document = json.loads(_get(_did_web_address(did), "application/json"))
    assert document["id"] == did
    (method,) = [each for each in document["verificationMethod"] if each["id"] == header["kid"]]
    key = OKPKey.import_key(method["publicKeyJwk"])
    verified = jws.deserialize_compact(token, key, algorithms=["EdDSA"])
    credential = json.loads(verified.payload)
    assert credential["issuer"]["id"] == did
    served = json.loads(_get(address, "application/ld+json"))
    served.pop("@context")
    assert credential["credentialSubject"]["passport"] == served
    broken = token.replace(b".", b".e", 1)
    with pytest.raises((JoseError, ValueError)):
        jws.deserialize_compact(broken, key, algorithms=["EdDSA"])
