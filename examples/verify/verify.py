"""Check that a document stands in a passport service's log, from its proof alone and without asking anybody.

    python verify.py DOCUMENT PROOF --vkey VKEY [--did DID_DOCUMENT] [--witness VKEY ...]

DOCUMENT is a signed document as ``application/vc+jwt``, PROOF its text from ``…/proof`` (C2SP tlog-proof), VKEY the
log's public key from ``/log/vkey``: take it once and keep it, rather than from whoever hands you the proof. With the
issuer's DID document the document's own signature is checked too. Each ``--witness`` must have signed the checkpoint.
An erased document is gone; ``-`` in its place shows what the log still says of it.

Needs Python 3.9 or newer and the package ``cryptography``; nothing of the service itself. Exit code 0 when everything
holds, 1 when something does not.
"""

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LOG, WITNESS = 1, 4


class NotProvenError(Exception):
    """Something does not hold."""


def need(condition, what):
    if not condition:
        raise NotProvenError(what)


def decoded(text):
    return base64.b64decode(text, validate=True)


def signed_by(public, signature, data):
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def read_vkey(vkey):
    """A vkey is NAME+KEYID+KEY: the key has its kind in the first byte, the id is a digest of name and key."""
    name, key_id, key = vkey.strip().split("+", 2)
    data = decoded(key)
    need(hashlib.sha256(name.encode() + b"\n" + data).digest()[:4].hex() == key_id, f"the vkey of {name} is miswritten")
    need(data[0] in (LOG, WITNESS) and len(data) == 33, f"the key of {name} is of an unknown kind")
    return name, bytes.fromhex(key_id), data[0], data[1:]


def checked_checkpoint(note, vkeys):
    """The size and root of a checkpoint that all of ``vkeys`` signed; the first of them is the log's own."""
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    lines = [line.split(" ") for line in signatures.rstrip("\n").split("\n")]
    for name, key_id, kind, public in vkeys:
        found = [decoded(line[2]) for line in lines if line[:2] == ["\u2014", name] and decoded(line[2])[:4] == key_id]
        need(found, f"{name} has not signed the checkpoint")
        for data in found:
            signature, message = data[4:], text.encode()
            if kind == WITNESS:
                moment = int.from_bytes(signature[:8], "big")
                signature, message = signature[8:], f"cosignature/v1\ntime {moment}\n{text}".encode()
            need(signed_by(public, signature, message), f"the signature of {name} does not hold")
    origin, size, root = text.split("\n")[:3]
    need(origin == vkeys[0][0], f"the checkpoint is of {origin}, not of {vkeys[0][0]}")
    return int(size), decoded(root)


def root_of(leaf, index, size, proof):
    """The root that a leaf and its inclusion proof come to (RFC 9162, 2.1.3.2)."""
    need(0 <= index < size, "the index is outside the log")
    place, last, result = index, size - 1, leaf
    for sibling in proof:
        need(last, "the proof is too long")
        if place & 1 or place == last:
            result = hashlib.sha256(b"\x01" + sibling + result).digest()
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            result = hashlib.sha256(b"\x01" + result + sibling).digest()
        place, last = place >> 1, last >> 1
    need(last == 0, "the proof is too short")
    return result


def verify(document, proof, vkeys):
    """What the log says of the document, after everything was found to hold; ``document`` None leaves it out."""
    head, _, note = proof.partition("\n\n")
    lines = head.split("\n")
    need(lines.pop(0) == "c2sp.org/tlog-proof@v1", "this is no tlog-proof")
    need(lines and lines[0].startswith("extra "), "the proof does not carry its leaf")
    leaf = decoded(lines.pop(0)[6:])
    need(lines and lines[0].startswith("index "), "the proof has no index")
    index = int(lines.pop(0)[6:])
    size, root = checked_checkpoint(note, vkeys)
    found = root_of(hashlib.sha256(b"\x00" + leaf).digest(), index, size, [decoded(line) for line in lines])
    need(found == root, "the leaf is not in the log")
    record = json.loads(leaf)
    if document is not None:
        need(hashlib.sha256(document).hexdigest() == record["digest"], "the document is not the one that was logged")
    return {"index": index, "size": size, **record}


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verify_signature(document, did_document):
    """Check the document's own signature with a key of its issuer."""
    header, payload, signature = document.decode().split(".")
    kid = json.loads(unpadded(header))["kid"]
    issuer = json.loads(unpadded(payload))["issuer"]["id"]
    need(did_document["id"] == issuer, f"the DID document is not that of {issuer}")
    keys = [each for each in did_document["verificationMethod"] if each["id"] == kid and "publicKeyJwk" in each]
    need(keys, f"the issuer has no key {kid}")
    public = unpadded(keys[0]["publicKeyJwk"]["x"])
    need(signed_by(public, unpadded(signature), f"{header}.{payload}".encode()), "the issuer's signature does not hold")
    return issuer


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("document")
    parser.add_argument("proof")
    parser.add_argument("--vkey", required=True)
    parser.add_argument("--witness", action="append", default=[])
    parser.add_argument("--did")
    given = parser.parse_args()
    document = None if given.document == "-" else Path(given.document).read_bytes().strip()
    try:
        proof = Path(given.proof).read_bytes().decode()
        told = verify(document, proof, [read_vkey(each) for each in (given.vkey, *given.witness)])
        if given.did and document is not None:
            told["issuer"] = verify_signature(document, json.loads(Path(given.did).read_bytes()))
    except (NotProvenError, ValueError, KeyError, IndexError) as wrong:
        print(f"NOT PROVEN: {wrong}", file=sys.stderr)
        return 1
    print(f"Holds: leaf {told['index']} of {told['size']} in the log of {given.vkey.partition('+')[0]}.")
    print(f"Document {told['seq']} ({told['kind']}) of product {told['subject']}, accepted {told['at']}.")
    if "issuer" in told:
        print(f"Signed by {told['issuer']}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
