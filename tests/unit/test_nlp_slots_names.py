"""Places, people and products."""

import json

import pytest
from babel import Locale

from newsbeam.errors import KnowledgeError
from newsbeam.knowledge.tables import FOLDER
from newsbeam.nlp.slots.people import find_people, find_positions, position_of
from newsbeam.nlp.slots.places import countries, find_places, place_of, read_places
from newsbeam.nlp.slots.product import find_product, with_version


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("new phones for Russia", "Russia", "RU"),
        ("opens an office in Bengaluru", "Bengaluru", "IN"),
        ("ahead in the European market", "Europe", None),
        ("builds a plant in Shenzhen-adjacent Dongguan, near Shenzhen", "Shenzhen", "CN"),
        ("moves to the U.K. on Friday", "United Kingdom", "GB"),
        ("a factory in Ho Chi Minh City", "Ho Chi Minh City", "VN"),
        ("pulls out of Russia", "Russia", "RU"),
        ("withdraws from Brazil", "Brazil", "BR"),
        ("its fab in Dresden", "Dresden", "DE"),
        ("French carrier expands into South Korea", "South Korea", "KR"),
        ("opens an office in Paris, Texas", "Paris, Texas", "US"),
        ("opens a warehouse in London, Ontario, next year", "London, Ontario", "CA"),
        ("opens an office in Austin, Texas", "Austin", "US"),
        ("opens an office in Rome, Italy", "Rome", "IT"),
        ("offices in London, Texas and California", "London", "GB"),
        ("offices in London, Japan and Korea", "London", "GB"),
        ("offices in London, New York and Tokyo", "London", "GB"),
        ("expands to London, Texas sues", "London", "GB"),
        ("a data center in Georgia", "Georgia", None),
        ("US firm builds a plant in Georgia", "Georgia (US state)", "US"),
        ("plants in Georgia and Ohio", "Georgia (US state)", "US"),
        ("a plant in Savannah, Georgia", "Savannah", "US"),
        ("a plant in Athens, Georgia", "Athens, Georgia", "US"),
        ("leaves Georgia and Japan", "Georgia", "GE"),
        ("leaves Uzbekistan, Georgia and Japan", "Uzbekistan", "UZ"),
        ("quits Russia", "Russia", "RU"),
        ("enters India’s market", "India", "IN"),
        ("robotaxis in Abu Dhabi and Riyadh", "Abu Dhabi", "AE"),
    ],
)
def test_where_it_happens(text: str, name: str, country: str | None) -> None:
    """The place of an event has its usual name and the code of its country."""
    place = place_of(find_places(text), (0, 0))
    assert place is not None
    assert (name, country) == (place.name, place.country)


@pytest.mark.parametrize(
    "text",
    [
        "China’s Lumora buys a rival",
        "Beijing-based Lumora",
        "US bans chips",
        "seeks approval from Washington",
        "from U.S. firms",
        "Polish it",
        "Dublin, Ohio-based Lumora",
    ],
)
def test_origin_is_not_where_it_happens(text: str) -> None:
    """An adjective, a possessive or a seat says where a firm is from, not where something happens."""
    assert place_of(find_places(text), (0, 0)) is None


def test_countries_in_order() -> None:
    """Countries come in the order of the text, each once; spans of names are left out."""
    assert ("CN", "US") == countries(find_places("Chinese firm in Shenzhen sued in Texas"))
    assert () == countries(find_places("Jordan Texas Inc", [(0, 16)]))


def test_country_names_are_those_of_cldr() -> None:
    """Every country code of places.jsonl is one of CLDR's territories."""
    territories = Locale("en").territories
    lines = (FOLDER / "places.jsonl").read_text(encoding="utf-8").splitlines()
    codes = {entry["country"] for entry in map(json.loads, lines)} - {None}
    assert set() == {code for code in codes if code not in territories}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (['{"name":"A","country":"AA","kind":"city","colour":1}'], "places.jsonl:1: unknown key 'colour'"),
        (['{"name":"A","country":"AA"}'], "places.jsonl:1: 'kind' is missing"),
        (['{"name":"A","country":"AA","kind":"moon"}'], "places.jsonl:1: kind 'moon'"),
        (['{"name":"A","country":"AA","kind":"city"}'] * 2, "places.jsonl:2: 'A' stands on line 1 already"),
        (['{"name":"A","country":"Aa","kind":"city"}'], "places.jsonl:1: country 'Aa' is neither"),
        (['{"name":1,"country":"AA","kind":"city"}'], "places.jsonl:1: 'name' must be a string"),
        (
            ['{"name":"A","country":"AA","kind":"city","aliases":"B"}'],
            "places.jsonl:1: 'aliases' must be a list",
        ),
        (["{"], "places.jsonl:1: not JSON"),
        (
            ['{"name":"A","country":"AA","kind":"city","also":"B"}'],
            "places.jsonl:1: no place is named 'B'",
        ),
    ],
)
def test_wrong_places_are_named(lines: list[str], message: str) -> None:
    """A wrong entry is an error with file and line."""
    with pytest.raises(KnowledgeError) as caught:
        read_places(lines)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "vendors", "person", "position"),
    [
        (
            "Lumora announced the appointment of Wen Taihe as its new chief operating officer",
            ["Lumora"],
            "Wen Taihe",
            "chief operating officer",
        ),
        (
            "Lumora poaches Quanto AI exec Mira Okafor as CTO",
            ["Lumora", "Quanto"],
            "Mira Okafor",
            "chief technology officer",
        ),
        ("Lumora CEO Dana Whitlock steps down", ["Lumora"], "Dana Whitlock", "chief executive officer"),
        ("Quanto’s Ari Feld will leave as head of design", ["Quanto"], "Ari Feld", "head of design"),
        (
            "Lumora Robotics Names Eva van der Linden New Chief Financial Officer",
            ["Lumora Robotics"],
            "Eva van der Linden",
            "chief financial officer",
        ),
        (
            "Ola Brandt, former VP of sales at Quanto, has been named CMO",
            ["Quanto"],
            "Ola Brandt",
            "chief marketing officer",
        ),
        ("Lumora names Wen-Ho Tai as CEO", ["Lumora"], "Wen-Ho Tai", "chief executive officer"),
        (
            "Mira Okafor to hand over as Lumora CEO to Ari Feld",
            ["Lumora"],
            "Ari Feld",
            "chief executive officer",
        ),
        (
            "Mira Okafor hands Lumora reins to veteran Ari Feld, new CEO",
            ["Lumora"],
            "Ari Feld",
            "chief executive officer",
        ),
        (
            "Lumora hires Quanto’s Ari Feld to be chief scientist",
            ["Lumora", "Quanto"],
            "Ari Feld",
            "chief scientist",
        ),
        (
            "Ex-senator Ola Brandt replaces ex-Quanto CEO Ari Feld as chairman",
            ["Quanto"],
            "Ola Brandt",
            "chairman",
        ),
    ],
)
def test_who_and_which_position(text: str, vendors: list[str], person: str, position: str) -> None:
    """The person of a change is found with the position, written out in full."""
    people = find_people(text, vendors)
    found = position_of(find_positions(text), text, (0, 0), people[0])
    assert found is not None
    assert (person, position) == (people[0].name, found.title)


def test_position_ends_before_the_verb() -> None:
    """What the holder of a position must or will do is no part of its name."""
    titles = [p.title for p in find_positions("Its head of safety must go, its head of design will stay")]
    assert ["head of safety", "head of design"] == titles


def test_no_person_without_reason() -> None:
    """Capitalised words without a position or a verb of joining or leaving are no people."""
    assert [] == find_people("Lumora Unveils Bright New Phones For Schools", ["Lumora"])


@pytest.mark.parametrize(
    ("text", "trigger", "product"),
    [
        ("Lumora Launches Gaze-Tracking System", "Launches", "Gaze-Tracking System"),
        ("Lumora unveils the L300 Ultra with a new camera", "unveils", "L300 Ultra"),
        ("Lumora announces its first foldable phone, the Fold 9, at a fair", "announces", "Fold 9"),
        ("Lumora releases “Helper” for everyone", "releases", "Helper"),
        ("Lumora rolled out a watch dubbed the Lu Watch, which", "rolled out", "Lu Watch"),
        ("Lumora Launches New Quark Ultra AI Chip For Data Centers", "Launches", "Quark Ultra AI Chip"),
        ("New LumoBook Air introduced with a new chip", "introduced", "LumoBook Air"),
        ("Lumora launches a smart speaker that listens", "launches", None),
        ("Lumora launches Phone (3a) Lite", "launches", "Phone (3a) Lite"),
        ("Lumora launches Phone 2", "launches", "Phone 2"),
        ("luOS Meadow 14.4.1 released with fixes", "released", "luOS Meadow 14.4.1"),
        ("Lumora launches 007 First Light", "launches", "007 First Light"),
        ("Lumora unveils 15 Ultra", "unveils", "15 Ultra"),
        ("Lumora launches EV6", "launches", "EV6"),
        ("Lumora launches 100th Electron rocket", "launches", "Electron"),
        ("Lumora launches 2027 Meadow wagons", "launches", "2027 Meadow"),
        ("Lumora unveils a 65-inch QLED Frame", "unveils", "QLED Frame"),
    ],
)
def test_product_after_the_trigger(text: str, trigger: str, product: str | None) -> None:
    """The name behind a launch verb is the product; a mere common noun is none."""
    start = text.index(trigger)
    found = find_product(text, (start, start + len(trigger)))
    assert product == (found.name if found else None)


@pytest.mark.parametrize(
    "text",
    [
        "Lumora launches 24 satellites",
        "Lumora Launches 24 Satellites Into Orbit",
        "Lumora launches 5,000 satellites",
        "Lumora launches 29 Kepler satellites",
        "Lumora launches its first car in 2027",
        "Lumora adds RAM limits",
        "Lumora adds USB4 and HDMI ports",
        "Lumora adds Wi-Fi 7",
        "Lumora launches Bitcoin payments",
        "Lumora launches AI agent",
        "Lumora Launches Smartphone For Kids",
        "Lumora launches 4-foot-tall robot",
    ],
)
def test_numbers_abbreviations_and_kinds_are_no_product(text: str) -> None:
    """How many, what it plugs into and which kind of thing it is name no product."""
    start = text.lower().index("launches" if "aunches" in text else "adds")
    assert find_product(text, (start, text.index(" ", start))) is None


@pytest.mark.parametrize("text", ["Lumora launches Lumora+", "Lumora launches Lumora-made phone"])
def test_rest_of_a_word_is_no_product(text: str) -> None:
    """What a company's name leaves of a word is no name."""
    assert find_product(text, (7, 15), (), [(0, 6), (16, 22)]) is None


def test_known_product_with_its_version() -> None:
    """The rest of a version belongs to the known product before it."""
    text = "Lumora ships Glow 3.1.2. Glow shines."
    assert (13, 23) == with_version(text, (13, 19))
    assert (25, 29) == with_version(text, (25, 29))


def test_known_product_is_taken_whole() -> None:
    """A known product settles how far a name reaches and stands in where none follows."""
    text = "Lumora ships Glow 2 mini to schools"
    known = [(text.index("Glow"), text.index(" to schools"))]
    found = find_product(text, (7, 12), known)
    assert found is not None
    assert "Glow 2 mini" == found.name
