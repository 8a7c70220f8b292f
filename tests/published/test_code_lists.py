"""Every code list is complete, worded in four languages, and honest about what nobody has confirmed."""

import re

import pytest

from passport.published import VOCAB, CodeList, Concept, Published

LANGUAGES = {"en", "sv", "da", "pl"}
LISTS = (*Published.load().code_lists(),)
NOTATIONS = {
    "gpc": r"1000\d{4}",
    "cpv": r"\d{8}",
    "cn": r"\d{4}(\d{2}(\d{2})?)?",
    "ewc": r"\d{2} \d{2} \d{2}\*?",
    "waste-operation": r"[RD]\d{1,2}",
    "ns-3424": r"TG([0-3]|IU)",
    "fibre-abbreviation": r"[A-Z]{2}",
    "ISO-1043": r"[A-Z]{2,4}",
    "ISO-2076": r"[A-Z]{2,3}",
    "EN-13556": r"[A-Z]{4}",
}
CODES = {
    "condition-grade": "A B C D E N",
    "defect": """loose-joint broken-frame wobble gas-spring mechanism castor glide drawer-runner hinge
        lock-or-key-missing scratch dent stain burn delamination edge-band rust corrosion discolouration tear seam
        foam-collapse odour pest-suspected electrical-fault missing-part label-missing""",
    "material-class": """wood-solid wood-veneer cork bamboo rattan-willow panel-particleboard panel-MDF panel-HDF
        panel-plywood panel-OSB panel-blockboard panel-honeycomb metal-steel metal-stainless metal-aluminium
        metal-zinc-alloy metal-copper-alloy plastic-PP plastic-PE plastic-PA plastic-ABS plastic-PS plastic-PC
        plastic-PMMA plastic-POM plastic-PET plastic-PVC plastic-PUR-rigid plastic-composite foam-PUR foam-latex foam-PE
        fibrefill-PES natural-fill textile-wool textile-cotton textile-linen textile-polyester textile-polyamide
        textile-viscose textile-mix leather coated-fabric artificial-leather glass mirror stone-natural
        stone-agglomerated ceramic lacquer oil-wax powder-coating metal-plating electronics battery paper-board
        rubber-natural rubber-synthetic TPE HPL-laminate melamine linoleum adhesive other""",
    "component-function": """frame seat back armrest headrest base leg castor glide mechanism gas-spring table-top shelf
        door drawer runner hinge handle lock panel screen cover padding fastener motor control cable light packaging""",
    "joint-type": """screw bolt-insert cam-dowel plug-in snap-fit hook-and-loop zipper staple nail rivet weld glue
        press-fit sewn moulded""",
    "granularity": "model batch item",
    "dpp-status": "active inactive archived invalid",
    "carrier-type": "QR NFC RAIN DataMatrix",
    "environment": "domestic office public school preschool care outdoor",
    "formaldehyde-method": "EN-717-1 EN-16516 EN-ISO-12460-5 ISO-16000-9",
    "formaldehyde-class": "E05 E1 E2 CARB2 ULEF none",
    "tool-class": "none common special proprietary",
    "skill": "layperson trained expert",
    "timber-scheme": "FSC PEFC other",
    "footprint-stages": "A1-A3 A-C D",
    "document-type": "declaration-of-conformity technical-documentation safety-data-sheet certificate",
    "plating-metal": "Cr Ni Cd",
    "availability": "inUse inStorage availableInternally offered reserved underRepair onLoan discarded lost",
    "transfer-type": "sale donation lease loan return internal",
    "part-origin": "new reused",
    "presence": "yes no unknown",
    "test-standard": """EN-1335-1 EN-1335-2 EN-16139 EN-12520 EN-1729-1 EN-1729-2 EN-716 EN-14988 EN-527-1 EN-527-2
        EN-15372 EN-12521 EN-16121 EN-16122 EN-14749 EN-14073 EN-14074 EN-1023 EN-1725 EN-1957 EN-13150 EN-581 EN-1728
        EN-1730 EN-1022 EN-717-1 EN-16516 EN-ISO-12460-5 ISO-16000-9 EN-ISO-12947-2 EN-ISO-105-B02 EN-12720 EN-12721
        EN-12722 EN-15185 EN-15186 EN-1021-1 EN-1021-2 EN-17902 ISO-11469 ISO-14021 ISO-14025 EN-15804 ISO-59040""",
    "event-type": """manufactured placedOnMarket madeAvailable puttingIntoService inspected conditionAssessed maintained
        cleaned repaired partsReplaced upgraded refurbished remanufactured transferOffered transferWithdrawn
        transferRefused ownershipTransferred responsibilityTransferred relocated lent returned offered reserved
        withdrawn collected dismantled partsHarvested preparedForReuse recycled energyRecovered disposed destroyed
        lost found dppCreated dppUpdated dppCorrected dppArchived payloadErased""",
    "correction-reason": "incorrect-data did-not-occur",
    "transfer-subject": "ownership responsibility",
    "repair-type": """tighten adjust lubricate replace-part-new replace-part-reused re-glue re-weld reupholster recover
        re-foam sand-and-recoat touch-up re-veneer resize-rebuild swap-top replace-castors-glides replace-gas-spring
        electrical-repair deep-clean disinfect safety-retrofit""",
    "end-of-life-route": """internal-reuse external-reuse-sale donation preparing-for-reuse part-reuse
        remanufacture-input material-recycling composting energy-recovery incineration-D10 landfill-D1
        hazardous-treatment""",
    "waste-code": """ewc-200307 ewc-200138 ewc-200137 ewc-200139 ewc-200140 ewc-200111 ewc-200135 ewc-200136""",
    "label-scheme": """eu-ecolabel nordic-swan moebelfakta blauer-engel nf-environnement indoor-air-comfort greenguard
        oeko-tex-100 gots fsc-100 fsc-mix fsc-recycled pefc epd-norge epd-international level cradle-to-cradle gut""",
    "role": """public manufacturer importer authorised-representative supplier distributor professional-repairer
        refurbisher remanufacturer recycler owner holder authority backup-provider researcher""",
    "tier": "public legitimate-interest authority owner",
    "evidence-type": """self-declaration supplier-declaration test-report certificate chain-of-custody epd due-diligence
        safety-data-sheet photo audit-report signed-credential""",
    "service": "furniture-repair collection-recycling",
}
KINDS = {
    "office-chair": "10002193 10002192 39112000 39111100 940139 940131",
    "visitor-chair": "10002193 39112000 39153000 940161 940169 940171 940179",
    "dining-chair": "10002193 39112100 940161 940171",
    "armchair": "10002193 39113100 940161 940171",
    "sofa": "10002195 10002194 39113200 940161",
    "stool": "10002193 39113500 9401",
    "bench": "10002201 39113600 39113300 9401",
    "pouffe": "10002197 39113000 940180 9404",
    "footrest": "10002199 39113700 9401 9403",
    "school-chair": "10002193 39160000 9401",
    "school-table": "10002202 39160000 9403",
    "preschool-furniture": "39161000",
    "desk": "10002203 39121100 39134100 940310 940330",
    "conference-table": "10002202 39121200 39153000 940310 940320 940330 940360",
    "dining-table": "10002202 39143210 940360",
    "coffee-table": "10002202 39143310 940360",
    "shelf": "10002184 39122200 39141100 9403",
    "cabinet": "10005199 39122100 39141300 9403",
    "filing-cabinet": "10002185 39132100 940310",
    "wardrobe": "10002118 39143121 9403",
    "drawer-unit": "10002117 39143122 9403",
    "screen": "10002190 39150000 9403",
    "bed-frame": "10002207 10008517 39143110 940350 940410",
    "mattress": "10002210 39143112 940421 940429",
    "kitchen-furniture": "10006731 39141000 39141400 940340",
    "library-furniture": "10003790 39155000 9403",
    "shop-furniture": "10003790 39170000 9403",
    "lab-furniture": "10003790 39180000 9403",
    "outdoor-furniture": "39142000 9401 9403",
    "spare-part": "10005097 10005095 10005098 10005096 10005437 39114000 39157000 940191 940199 940391 940399",
}
EUDPP = {
    "placedOnMarket": "PlacingOnMarketEvent",
    "madeAvailable": "MakingAvailableOnMarketEvent",
    "puttingIntoService": "PuttingIntoServiceEvent",
    "maintained": "MaintenanceEvent",
    "repaired": "RepairEvent",
    "upgraded": "UpgradingEvent",
    "refurbished": "RefurbishmentEvent",
    "remanufactured": "RemanufacturingEvent",
    "destroyed": "DestructionEvent",
    "dppCreated": "DPPCreationEvent",
    "dppUpdated": "DPPUpdateEvent",
    "dppArchived": "DPPArchivalEvent",
}


def plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text)).casefold()


def every_code(published: Published) -> list[tuple[CodeList, Concept]]:
    lists = [published.code_list(name) for name in published.code_lists()]
    return [(found, concept) for found in lists for concept in found.codes.values()]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_and_its_codes_and_groups_are_named_in_every_language(published: Published, name: str) -> None:
    found = published.code_list(name)
    assert found.iri == f"{VOCAB}codes/{name}"
    assert set(found.labels) == LANGUAGES
    assert {concept.group for concept in found.codes.values()} - {None} == set(found.groups)
    assert all(set(words) == LANGUAGES for words in found.groups.values())
    for code, concept in found.codes.items():
        assert concept.iri == f"{VOCAB}codes/{name}/{code}"
        assert set(concept.labels) == set(concept.definitions) == LANGUAGES, code
        assert concept.status in {"confirmed", "proposed", "unconfirmed"}


@pytest.mark.parametrize("name", LISTS)
def test_a_definition_says_more_than_the_label(published: Published, name: str) -> None:
    for code, concept in published.code_list(name).codes.items():
        for language, definition in concept.definitions.items():
            said = plain(definition)
            assert said not in {plain(code), plain(concept.labels[language])}, (code, language)
            assert len(said.split()) >= 2, (code, language)
            assert definition.endswith("."), (code, language)
        assert len(set(concept.definitions.values())) == 4, code


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_no_two_codes_of_a_list_are_called_the_same(published: Published, name: str, language: str) -> None:
    labels = [concept.labels[language].casefold() for concept in published.code_list(name).codes.values()]
    assert len(set(labels)) == len(labels)


def test_codes_are_safe_in_addresses_and_contexts(published: Published) -> None:
    for found, concept in every_code(published):
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*([.][0-9]+)?", concept.code), found.name


@pytest.mark.parametrize("name", sorted(CODES))
def test_the_list_has_every_code_of_the_reference(published: Published, name: str) -> None:
    assert set(CODES[name].split()) <= set(published.code_list(name).codes)


def test_notations_are_well_formed(published: Published) -> None:
    seen = set()
    for _, concept in every_code(published):
        for system, value in concept.notations:
            assert re.fullmatch(NOTATIONS[system], value), (concept.iri, system, value)
            seen.add(system)
        assert set(concept.unconfirmed) <= set(concept.notations)
    assert seen == set(NOTATIONS)


def test_the_systems_of_notations_are_codes_themselves(published: Published) -> None:
    lists = ("classification-scheme", "material-standard", "notation-scheme")
    known = {code for name in lists for code in published.code_list(name).codes}
    assert set(NOTATIONS) <= known


def test_codes_of_customs_waste_and_standards_are_marked_as_unconfirmed(published: Published) -> None:
    for _, concept in every_code(published):
        doubtful = {pair for pair in concept.notations if pair[0] in {"cn", "ewc", "waste-operation", "ISO-1043"}}
        assert doubtful <= set(concept.unconfirmed), concept.iri
    turtle = published.file("codes", "furniture-category").decode()
    assert f'<{VOCAB}unconfirmedNotation> "940139"^^<{VOCAB}codes/classification-scheme/cn>' in turtle
    assert "Not confirmed; verify before relying on it: EN 1335-1, EN 1335-2." in turtle


@pytest.mark.parametrize("code", sorted(KINDS))
def test_kinds_of_furniture_have_their_codes_elsewhere(published: Published, code: str) -> None:
    concept = published.code_list("furniture-category").codes[code]
    assert set(KINDS[code].split()) <= {value for _, value in concept.notations}


@pytest.mark.parametrize("code", sorted(EUDPP))
def test_events_of_the_law_are_those_of_the_european_ontology(published: Published, code: str) -> None:
    concept = published.code_list("event-type").codes[code]
    assert ("exactMatch", f"https://w3id.org/eudpp#{EUDPP[code]}") in concept.aligned
    assert concept.status == "confirmed"


def test_events_name_the_article_that_defines_them(published: Published) -> None:
    articles = {"placedOnMarket": 40, "madeAvailable": 39, "puttingIntoService": 41, "maintained": 19, "repaired": 20,
                "upgraded": 17, "refurbished": 18, "remanufactured": 16, "destroyed": 34}  # fmt: skip
    codes = published.code_list("event-type").codes
    for code, number in articles.items():
        assert any(f"ESPR Article 2({number})" in note for note in codes[code].notes), code


def test_every_material_says_where_it_usually_goes_and_as_which_waste(published: Published) -> None:
    routes = published.code_list("end-of-life-route").codes
    wastes = published.code_list("waste-code").codes
    traits = published.code_list("trait").codes
    for code, concept in published.code_list("material-class").codes.items():
        assert concept.group, code
        assert concept.route in routes, code
        assert set() < set(concept.waste) <= set(wastes), code
        assert set(concept.traits) <= set(traits), code
        assert concept.doubts, code


def test_traits_tell_rules_which_materials_they_concern(published: Published) -> None:
    materials = published.code_list("material-class")
    assert materials.with_trait("wood-panel") == {code for code in materials.codes if code.startswith("panel-")}
    assert materials.with_trait("textile") == {code for code in materials.codes if code.startswith("textile-")}
    assert materials.with_trait("timber") == materials.with_trait("wood-panel") | {"wood-solid", "wood-veneer"}
    assert materials.with_trait("electrical") == {"electronics", "battery"}
    assert materials.with_trait("halogenated") == {"plastic-PVC"}
    assert materials.with_trait("coal") == frozenset()


def test_timbers_have_scientific_names_and_say_when_they_are_protected(published: Published) -> None:
    timbers = published.code_list("timber-species")
    assert len(timbers.codes) >= 50
    names = [name for concept in timbers.codes.values() for name in concept.latin]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Z][a-z]+ (× )?[a-z]+", name) for name in names)
    assert all(concept.latin for concept in timbers.codes.values())
    protected = timbers.with_trait("cites-II")
    assert {"khaya", "afzelia", "mahogany", "ipe"} <= protected
    assert all("CITES" in " ".join((*timbers.codes[code].notes, *timbers.codes[code].doubts)) for code in protected)
    assert timbers.codes["oak"].latin == ("Quercus robur", "Quercus petraea")


def test_grades_are_those_of_the_norwegian_standard_and_of_the_trade(published: Published) -> None:
    grades = published.code_list("condition-grade").codes
    expected = {"A": "TG0", "B": "TG1", "C": "TG2", "D": "TG3", "E": "TG3", "N": "TGIU"}
    assert all(("ns-3424", degree) in grades[grade].notations for grade, degree in expected.items())
    assert grades["A"].notes == ("German trade class: kaum Gebrauchsspuren",)
    assert ("broadMatch", "https://schema.org/UsedCondition") in grades["B"].aligned


def test_labels_say_which_of_them_were_read_in_a_source(published: Published) -> None:
    labels = published.code_list("label-scheme").codes
    assert {code for code, each in labels.items() if each.status == "confirmed"} >= {"eu-ecolabel", "moebelfakta"}
    assert {"gots", "greenguard", "cradle-to-cradle", "gut"} <= {
        code for code, each in labels.items() if each.status == "unconfirmed"
    }
    assert ("closeMatch", "https://ref.gs1.org/voc/PackagingMarkedLabelAccreditationCode-SVANEN") in labels[
        "nordic-swan"
    ].aligned
