"""The catalogue as data: every entry is loaded and exercised, every kind of error is shown with its place."""

import json
from functools import cache
from pathlib import Path

import pytest

from newsbeam.errors import KnowledgeError
from newsbeam.knowledge.catalogue import (
    GENERIC_AUTHORITIES,
    Authority,
    Place,
    Vendor,
    check_apart,
    check_countries,
    load_authorities,
    load_jurisdictions,
    load_vendors,
)
from newsbeam.knowledge.weights import load_weights
from newsbeam.knowledge.wordlists import load_wordlists
from newsbeam.nlp.authorities import Authorities, shipped_authorities
from newsbeam.nlp.knowledge import check_vendors_apart
from newsbeam.nlp.surface import split_words
from newsbeam.nlp.vendors import FLOOR, Catalogue, Form, canonical, find_vendors, shipped_catalogue

VENDORS = load_vendors()
AUTHORITIES = load_authorities()
JURISDICTIONS = load_jurisdictions()


def _ids(text: str) -> set[str]:
    return {hit.vendor_id for hit in find_vendors(text) if hit.certainty >= FLOOR}


@cache
def _forms() -> dict[str, list[Form]]:
    forms: dict[str, list[Form]] = {}
    for form in shipped_catalogue().forms():
        forms.setdefault(form.vendor.id, []).append(form)
    return forms


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.id)
def test_vendor(vendor: Vendor) -> None:
    """Each form alone in a neutral sentence is found; an ambiguous one only where its examples say so."""
    for form in _forms()[vendor.id]:
        if not form.ambiguous:
            assert vendor.id in _ids(f"On Tuesday they spoke of {form.text}, as planned."), form.text
        assert canonical(form.text) == vendor.id
    if vendor.examples:
        missed = [text for text in vendor.examples.positive if vendor.id not in _ids(text)]
        wrong = [text for text in vendor.examples.negative if vendor.id in _ids(text)]
        assert ([], []) == (missed, wrong)


def test_size() -> None:
    """The catalogue lists well over the thousand vendors and the 150 authorities that were asked for."""
    assert len(VENDORS) >= 2000
    assert len(AUTHORITIES) >= 200


@pytest.mark.parametrize("entry", AUTHORITIES, ids=lambda entry: entry.id)
def test_authority(entry) -> None:
    """Each form of an authority is found where it acts."""
    for form in entry.surfaces():
        words = split_words(f"On Tuesday {form} orders a review of the phones.")
        assert entry.id in {hit.authority_id for hit in shipped_authorities().find(words)}, form


@pytest.mark.parametrize("entry", load_authorities(GENERIC_AUTHORITIES), ids=lambda entry: entry.id)
def test_generic_authority(entry) -> None:
    """Each generic phrase is found in lower case or as it is listed."""
    for form in entry.surfaces():
        words = split_words(f"On Tuesday {form} orders a review of the phones.")
        kinds = {hit.kind for hit in shipped_authorities().find(words)}
        assert kinds, form
    for forms in entry.homes.values():
        assert set(entry.surfaces()) >= set(forms)


@pytest.mark.parametrize("entry", JURISDICTIONS, ids=lambda entry: entry.id)
def test_jurisdiction(entry) -> None:
    """A place counts where it acts or has an authority's noun, and not where things merely happen in it."""
    for name in entry.names:
        acting = split_words(f"On Tuesday {name} bans the app from phones.")
        assert shipped_authorities().find(acting), name
        spoken_of = split_words(f"They opened a shop in {name} on Tuesday.")
        assert not shipped_authorities().find(spoken_of), name


def _write(folder: Path, **files: list[dict[str, object] | str]) -> Path:
    for name, entries in files.items():
        lines = [entry if isinstance(entry, str) else json.dumps(entry) for entry in entries]
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def _vendor(**more: object) -> dict[str, object]:
    return {"id": "acme", "name": "Acme", "sources": ["own"], **more}


EXAMPLES = {"positive": ["Acme sells", "Acme buys"], "negative": ["the acme of art", "Acme, a village"]}


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (_vendor(colour="red"), "a.jsonl:1: key 'colour': unknown key"),
        (_vendor(id="Acme Inc"), "a.jsonl:1: key 'id'"),
        (_vendor(sector="cheese"), "a.jsonl:1: key 'sector'"),
        (_vendor(country="USA"), "a.jsonl:1: key 'country'"),
        (_vendor(sources=[]), "a.jsonl:1: key 'sources'"),
        (_vendor(aliases=[" Acme Ltd"]), "a.jsonl:1: key 'aliases.0'"),
        (_vendor(aliases=["ACME"]), "a.jsonl:1: form 'ACME' stands already at a.jsonl:1"),
        (_vendor(parent="nobody"), "a.jsonl:1: key 'parent': no vendor 'nobody'"),
        (_vendor(parent="acme"), "a.jsonl:1: key 'parent': 'acme' is its own ancestor"),
        (_vendor(ambiguous=["Acne"], examples=EXAMPLES), "key 'ambiguous': 'Acne' is none"),
        (_vendor(ambiguous=["Acme"]), "key 'examples': required where forms are ambiguous"),
        (
            _vendor(ambiguous=["Acme"], examples={**EXAMPLES, "negative": ["Acme, a town"]}),
            "a.jsonl:1: key 'examples.negative'",
        ),
        (
            _vendor(ambiguous=["Acme"], examples={**EXAMPLES, "positive": ["Acme sells", "It sells"]}),
            "key 'examples.positive.1': holds no ambiguous form",
        ),
        ('{"id": "acme", "id": "acne"}', "a.jsonl:1: key 'id': given twice"),
        ("[1, 2]", "a.jsonl:1: not a JSON object"),
        ("{", "a.jsonl:1: not JSON"),
    ],
)
def test_faulty_vendor(tmp_path: Path, entry: dict[str, object] | str, message: str) -> None:
    """A faulty entry is refused with file, line and key."""
    with pytest.raises(KnowledgeError) as caught:
        load_vendors(_write(tmp_path, a=[entry]))
    assert message in str(caught.value)


def test_duplicate_id_names_both_places(tmp_path: Path) -> None:
    """Two entries with one id, in two files: the message names both."""
    folder = _write(tmp_path, a=[_vendor()], b=[_vendor(id="other", name="Other"), _vendor(name="Acme Two")])
    with pytest.raises(KnowledgeError, match=r"b\.jsonl:2: id 'acme' stands already at a\.jsonl:1"):
        load_vendors(folder)


def test_clashing_alias_names_both_places(tmp_path: Path) -> None:
    """One form for two vendors, whatever its case: the message names both places."""
    folder = _write(tmp_path, a=[_vendor()], b=[_vendor(id="other", name="Other", products=["ACME"])])
    with pytest.raises(KnowledgeError, match=r"b\.jsonl:1: form 'ACME' stands already at a\.jsonl:1"):
        load_vendors(folder)


@pytest.mark.parametrize("name", ["T Mobile", "t-mobile", "T–Mobile", "Ť-Mobile", "T.Mobile!"])
def test_names_that_a_text_cannot_tell_apart_clash(tmp_path: Path, name: str) -> None:
    """Hyphens, full stops, case and accents make no other name; the message names both places."""
    folder = _write(tmp_path, a=[_vendor(name="T-Mobile")], b=[_vendor(id="other", name=name)])
    with pytest.raises(KnowledgeError, match=r"b\.jsonl:1: form '.*' stands already at a\.jsonl:1"):
        load_vendors(folder)


def test_other_spellings_in_one_entry_and_telling_ends_do_not_clash(tmp_path: Path) -> None:
    """An entry may list its spellings, and "Notepad++" is another's than "Notepad"."""
    one = _vendor(name="Notepad", aliases=["C3.ai", "C3 AI"])
    assert 2 == len(load_vendors(_write(tmp_path, a=[one, _vendor(id="other", name="Notepad++")])))


def test_a_form_without_letters_is_refused(tmp_path: Path) -> None:
    """No text could be searched for it."""
    with pytest.raises(KnowledgeError, match=r"a\.jsonl:1: form '!!!' has no letter or digit"):
        load_vendors(_write(tmp_path, a=[_vendor(name="!!!")]))


@pytest.mark.parametrize("name", ["Acme", "ACME", "acme"])
def test_a_vendor_and_an_authority_of_one_name_clash(tmp_path: Path, name: str) -> None:
    """An authority, a place or a generic phrase may not have a vendor's name."""
    catalogue = Catalogue(load_vendors(_write(tmp_path, a=[_vendor()])))
    _write(tmp_path, places=[{"id": "gov-xx", "code": "US", "names": ["Utopia", name]}])
    authorities = Authorities((), (), load_jurisdictions(tmp_path / "places.jsonl"))
    with pytest.raises(KnowledgeError, match=r"places\.jsonl:1: form '.*' stands already at a\.jsonl:1"):
        check_vendors_apart(catalogue, authorities)


def test_authorities_and_places_of_one_name_clash() -> None:
    """What ships is taken together: an authority may not be called as a country or a generic phrase is."""
    named = Authority(id="zz", name="China", jurisdiction="US", kind="agency").at(Place("a.jsonl", 1))
    with pytest.raises(
        KnowledgeError, match=r"a\.jsonl:1: form 'China' stands already at jurisdictions\.jsonl"
    ):
        check_apart((*JURISDICTIONS, named))
    generic = load_authorities(GENERIC_AUTHORITIES)
    named = Authority(id="zz", name="Watchdog", jurisdiction="US", kind="agency").at(Place("a.jsonl", 1))
    with pytest.raises(KnowledgeError, match=r"a\.jsonl:1: form 'Watchdog' stands already at generic_"):
        check_apart((*generic, named))


def test_a_country_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    """Countries of vendors and jurisdictions, those of states and cities too, must be known."""
    vendors = load_vendors(_write(tmp_path, a=[_vendor(country="ZZ")]))
    with pytest.raises(KnowledgeError, match=r"a\.jsonl:1: key 'country': no country 'ZZ'"):
        check_countries(vendors, {"US"})
    place = {"id": "gov-xx", "code": "XX-AB", "names": ["Utopia"]}
    places = load_jurisdictions(_write(tmp_path, places=[place]) / "places.jsonl")
    with pytest.raises(KnowledgeError, match=r"places\.jsonl:1: key 'code': no country 'XX-AB'"):
        check_countries(places, {"US"})
    check_countries((*VENDORS, *places), {vendor.country for vendor in VENDORS if vendor.country} | {"XX"})


def test_empty_folder(tmp_path: Path) -> None:
    """A folder without vendor files is an error, not an empty catalogue."""
    with pytest.raises(KnowledgeError, match="no vendors"):
        load_vendors(tmp_path)


def test_unreadable_file(tmp_path: Path) -> None:
    """A file that is not UTF-8 is refused by name."""
    (tmp_path / "a.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(KnowledgeError, match=r"a\.jsonl: cannot be read"):
        load_vendors(tmp_path)


def test_faulty_authorities(tmp_path: Path) -> None:
    """Authorities and jurisdictions are checked the same way."""
    good = {"id": "xx-one", "name": "First Bureau", "jurisdiction": "US", "kind": "regulator"}
    _write(tmp_path, kind=[{**good, "kind": "club"}], twice=[good, {**good, "id": "xx-two"}])
    with pytest.raises(KnowledgeError, match=r"kind\.jsonl:1: key 'kind'"):
        load_authorities(tmp_path / "kind.jsonl")
    with pytest.raises(KnowledgeError, match=r"twice\.jsonl:2: form 'First Bureau' stands already at"):
        load_authorities(tmp_path / "twice.jsonl")
    _write(tmp_path, place=[{"id": "gov-xx", "code": "XX", "names": []}])
    with pytest.raises(KnowledgeError, match=r"place\.jsonl:1: key 'names'"):
        load_jurisdictions(tmp_path / "place.jsonl")


def test_faulty_words_and_weights(tmp_path: Path) -> None:
    """Word lists and weights: nothing twice, no unknown keys."""
    words = {"id": "some", "about": "a test", "words": ["one", "one"]}
    with pytest.raises(KnowledgeError, match=r"a\.jsonl:1: key 'words': 'one' is given twice"):
        load_wordlists(_write(tmp_path, a=[words]))
    once = {**words, "words": ["one"]}
    with pytest.raises(KnowledgeError, match=r"a\.jsonl:2: id 'some' is given twice"):
        load_wordlists(_write(tmp_path, a=[once, once]))
    weight = {"feature": "x", "weight": 1.0}
    with pytest.raises(KnowledgeError, match=r"a\.jsonl:2: feature 'x' is given twice"):
        load_weights("a", _write(tmp_path, a=[weight, weight]))
