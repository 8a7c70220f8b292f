"""Every spelling of a reference means one key; what is in no known form means none."""

import pytest

from passport.model.naming import reference_key, sibling

GTIN = "09526543000013"


@pytest.mark.parametrize("base", ["https://passport.example", "https://town.example/furniture"])
def test_the_addresses_that_the_service_gives_are_understood_again(base: str) -> None:
    for path in (f"01/{GTIN}", f"01/{GTIN}/21/A-1", "8004/95200011X"):
        assert reference_key(f"{base}/{path}", base=base) == path
        assert reference_key(f"{base.upper()}/{path}", base=base) in (path, None)
    for path in ("p/7KX94M2QZ", "passports/7KX94M2QZ", "passports/7KX94M2QZ/versions/2", "P/7kx9-4m2q-z"):
        assert reference_key(f"{base}/{path}", base=base) == reference_key("7KX94M2QZ", base=base)


def test_keys_of_other_hosts_are_those_of_their_standard_and_codes_are_ours_alone() -> None:
    base = "https://passport.example"
    assert reference_key(f"https://id.gs1.org/01/{GTIN}", base=base) == f"01/{GTIN}"
    for text in (
        "https://other.example/p/7KX94M2QZ",
        f"https://other.example/stem/01/{GTIN}",
        f"{base}/stem/01/{GTIN}",
        "https://[/01/1",
        "ftp://x",
        "",
        "7KX94M2Q",
        "95265430000",
    ):
        assert reference_key(text, base=base) is None, text


def test_only_a_number_names_a_document_of_the_same_submission() -> None:
    assert [sibling(text) for text in ("#0", "#12", "#007")] == [0, 12, 7]
    for text in ("0", "#", "#-1", "#1.0", "# 1", "##1", "#²", "#٣", "#" + "9" * 5_000):
        assert sibling(text) is None, text
