"""What a stranger needs to check us: signatures, status lists and the Merkle tree, over bytes, keys and time."""
