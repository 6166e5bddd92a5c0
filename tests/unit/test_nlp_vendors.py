"""Vendor finding: catalogue names, ambiguous names, unknown names, and the component that sets them."""

import pytest
import spacy

from newsbeam.knowledge.catalogue import Place, Vendor
from newsbeam.knowledge.forms import fold
from newsbeam.nlp import mentions  # noqa: F401  registers the component
from newsbeam.nlp.cues import LONGEST_SET_PHRASE, wordlist
from newsbeam.nlp.document import make_doc
from newsbeam.nlp.surface import is_title_case, slug, split_words
from newsbeam.nlp.vendors import Catalogue, canonical, find_vendors, shipped_catalogue

NLP = spacy.blank("en")
NLP.add_pipe("newsbeam_sentences")
NLP.add_pipe("newsbeam_mentions")


def _found(title: str, summary: str = "", text: str = "", least: float = 0.5) -> dict[str, str]:
    doc = make_doc(NLP, title, summary, text)
    return {item.vendor_id: item.text for item in doc._.mentions if item.certainty >= least}


@pytest.mark.parametrize(
    ("text", "vendor_id", "matched"),
    [
        ("Rumours about the Apple Watch fill forums", "apple", "Apple Watch"),
        ("A new Galaxy S26 Ultra leaks", "samsung", "Galaxy S26 Ultra"),
        ("Asus prices its ROG Ally X handheld", "asus", "ROG Ally X"),
        ("The case sits on an iPhone 17 Pro Max and a cable", "apple", "iPhone 17 Pro Max"),
        ("NVIDIA’s next board", "nvidia", "NVIDIA"),
        ("HUAWEI SHOWS A PHONE", "huawei", "HUAWEI"),
        ("an ex-Baidu engineer", "baidu", "Baidu"),
        ("the Huawei-backed carmaker", "huawei", "Huawei"),
        ("Citroën's small car", "stellantis", "Citroën"),
        ("the T‑Mobile US network", "t-mobile", "T‑Mobile US"),
        ("shows on Disney+, and more", "disney", "Disney+"),
        ("Instagram tests a map", "meta", "Instagram"),
    ],
)
def test_catalogue_forms(text: str, vendor_id: str, matched: str) -> None:
    """A form is found in other cases, with models after it, hyphens, possessives and curly quotes."""
    found = {hit.vendor_id: text[w.starts[hit.first] : w.ends[hit.last - 1]] for w in [split_words(text)]
             for hit in find_vendors(text)}  # fmt: skip
    assert vendor_id in found
    assert found[vendor_id].rstrip("+") == matched.rstrip("+")


def test_nested_owner() -> None:
    """Google with its owner's name before it is one vendor, "Google-owned Waymo" two."""
    assert {"google"} == set(_found("Alphabet’s Google opens a lab"))
    assert {"google", "waymo"} <= set(_found("Google-owned Waymo opens a depot"))


@pytest.mark.parametrize(
    ("text", "vendor_id"),
    [
        ("Apple raises the price of its phones", "apple"),
        ("Regulators say Meta and Amazon must share data", "amazon"),
        ("Block cuts 900 jobs as Jack Dorsey reorders the payments company", "block"),
        ("Users leave X after Musk changes the feed", "x"),
        ("Honor unveils a thinner folding phone", "honor"),
    ],
)
def test_ambiguous_name_that_counts(text: str, vendor_id: str) -> None:
    """An ambiguous name counts where its place or words of its trade support it."""
    assert vendor_id in _found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Apple pie recipes for a cold weekend",
        "How to Block the Noise and Target What Matters",
        "The Zoom Lens That Changed Wildlife Photography",
        "Ring Road Closed After Heavy Snow",
        "Nothing Beats a Slow Morning",
    ],
)
def test_ordinary_word_in_title_case(text: str) -> None:
    """The same words in their ordinary meaning do not count, capital or not."""
    found = _found(text)
    assert not {"block", "target", "zoom", "ring", "nothing", "signal"} & set(found)


@pytest.mark.parametrize(
    ("title", "summary", "vendor_id", "why"),
    [
        ("Chinese Firm Verdolan Launches Mood Sensor", "", "~verdolan", "apposition: Chinese Firm"),
        ("Housing unicorn Plundra appoints a new COO", "", "~plundra", "apposition: Housing unicorn"),
        ("Brimly Robotics raises $40M for tomato pickers", "", "~brimly-robotics", "actor of 'raises'"),
        ("Quvello emerges from stealth with $38M", "", "~quvello", "actor of 'emerges'"),
        ("Ask a founder", "Plimsy, a start-up that sells soil sensors, was bought.", "~plimsy", "apposition"),
        ("Xiaomi buys Dravenol for its cameras", "", "~dravenol", "after 'buys'"),
        ("Priya Raman named CEO of Dravenol", "", "~dravenol", "after 'CEO of'"),
        (
            "A deal is signed",
            "The contract went to Hollenbrock Inc after a tender.",
            "~hollenbrock",
            "suffix",
        ),
    ],
)
def test_unknown_vendor(title: str, summary: str, vendor_id: str, why: str) -> None:
    """A vendor that no catalogue lists is found from apposition, suffix, or its part in the sentence."""
    doc = make_doc(NLP, title, summary)
    found = {item.vendor_id: item for item in doc._.mentions if item.kind == "unknown"}
    assert vendor_id in found
    assert why in found[vendor_id].why


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("Jane Hollister says the rules are clear", "Hollister has led the union for nine years."),
        ("Floods close roads near Bratislava and Brno", ""),
        ("University of Tübingen opens a lab", ""),
        ("The Guardian reported on the talks", ""),
        ("CIOs and PMs want fewer tools", ""),
        ("Teen sues to have an app destroyed", ""),
        ("The Universal Service Fund pays for rural lines", ""),
        ("The suit over the Buy Box goes on", ""),
    ],
)
def test_no_vendor(title: str, summary: str) -> None:
    """Persons, places, universities, funds, reporting media and plural abbreviations are no vendors."""
    assert {} == _found(title, summary)


@pytest.mark.parametrize("phrase", sorted(wordlist("set-phrases")))
def test_a_name_in_a_set_phrase_is_no_vendor(phrase: str) -> None:
    """A phrase such as "Medal of Honor" holds the ambiguous name of a vendor and names none."""
    title = f"{phrase.capitalize()} in the news"
    found = make_doc(NLP, title)._.mentions
    assert not [item for item in found if item.certainty and item.text.lower() in phrase]
    assert 2 <= len(phrase.split()) <= LONGEST_SET_PHRASE


@pytest.mark.parametrize(
    ("title", "vendor_id"),
    [
        ("Nothing to launch its next phone in March", "nothing"),
        ("Apple to close a store", "apple"),
        ("Snap elects a new chair", "snap"),
        ("Zoom adds an assistant to meetings", "zoom"),
        ("Visa to buy a fraud-detection firm", "visa"),
    ],
)
def test_what_only_begins_like_a_set_phrase_is_the_vendor(title: str, vendor_id: str) -> None:
    """The name alone decides nothing: the whole phrase must stand there."""
    assert vendor_id in {hit.vendor_id for hit in find_vendors(title)}


def test_unknown_name_is_found_again_in_the_body() -> None:
    """A name found in the title is found in the body too; a start-up's noun is enough there."""
    body = "It is news.\nRivals of Brimly Robotics and the chip start-up Zanduro kept quiet."
    doc = make_doc(NLP, "Brimly Robotics raises $40M", "", body)
    names = [item.name for item in doc._.mentions]
    assert 2 == names.count("Brimly Robotics")
    assert "Zanduro" in names


def test_token_offsets() -> None:
    """A mention's tokens are its text."""
    doc = make_doc(NLP, "Alphabet’s Google buys Brimly Robotics", "AT&T, T-Mobile and Disney+ watch.")
    for item in doc._.mentions:
        assert item.text in doc[item.start : item.end].text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("NVIDIA Corp.", "nvidia"),
        ("Instagram", "meta"),
        ("facebook", "meta"),
        ("Redmi", "xiaomi"),
        ("Brimly Robotics, Inc.", "~brimly-robotics"),
        ("Brimly Robotics", "~brimly-robotics"),
        ("!?", "~unnamed"),
    ],
)
def test_canonical(name: str, expected: str) -> None:
    """A name leads to its catalogue id through aliases, brands and products, else to a slug."""
    assert expected == canonical(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Teslas", "tesla"),
        ("Tesla’s", "tesla"),
        ("Volkswagens", "volkswagen"),
        ("Netflixes", "netflix"),
        ("Apples", None),
        ("Arms", None),
        ("iPhones", None),
        ("Brimlys", None),
        ("s", None),
        ("", None),
    ],
)
def test_singular(name: str, expected: str | None) -> None:
    """A plural or possessive is the vendor's, unless the name is a plain word or a product's."""
    assert expected == shipped_catalogue().singular(name)


@pytest.mark.parametrize(
    ("title", "text", "vendor_id"),
    [
        ("NHTSA opens probe into 2.9 million Teslas", "Teslas", "tesla"),
        ("Waymos block a street in San Francisco", "Waymos", "waymo"),
        ("Rivians recalled over seat belts", "Rivians", "rivian"),
    ],
)
def test_a_plural_counts_for_the_vendor(title: str, text: str, vendor_id: str) -> None:
    """Which text is a mention stays as it is, and so does how it is read: as an unknown name."""
    mention = next(mention for mention in make_doc(NLP, title)._.mentions if mention.text == text)
    assert (vendor_id, "unknown") == (mention.vendor_id, mention.kind)


@pytest.mark.parametrize(
    ("title", "lead"),
    [
        ("Phantom braking plagues new vans", ""),
        ("The tablet gets a keyboard", "Also coming: a pen."),
        ("Laptops gain a second port", "Grab a cable and plug it in."),
        ("Arm yourself with patience", "Block the sun. A square peg. Target the right crowd."),
        ("Summer reading", "Notion that books are dead is wrong. Slack off a little. Ring the bell."),
        ("Alphabet soup of agencies", "Oracle bones and lucid dreams."),
        ("Signal failure halts trains", "Visa fees rise. Bumble bees play."),
        ("Block of flats evacuated", "Linear motor maker hires. Circle of friends."),
        ("Sierra Leone counts votes", "The vote in Hong Kong is over."),
    ],
)
def test_an_ordinary_word_that_opens_a_sentence_is_no_vendor(title: str, lead: str) -> None:
    """Its capital says nothing: something else must speak for the vendor."""
    assert () == make_doc(NLP, title, lead)._.mentions


@pytest.mark.parametrize(
    ("title", "lead", "vendors"),
    [
        ("Block cuts 1,000 jobs", "Square's sellers are not affected.", {"block"}),
        ("Grab buys a rival", "Notion lays off staff.", {"grab", "notion"}),
        ("Slack is down", "Zoom raises its outlook.", {"slack", "zoom"}),
        ("Block, the payments company, cuts jobs", "Ring, the maker of doorbells, hires.", {"block", "ring"}),
    ],
)
def test_an_ordinary_word_that_acts_is_the_vendor(title: str, lead: str, vendors: set[str]) -> None:
    """Verbs, possessives and nouns of business behind it speak for the vendor."""
    assert vendors == {mention.vendor_id for mention in make_doc(NLP, title, lead)._.mentions}


def test_inner_capitals_tell_a_name_from_a_word() -> None:
    """An ordinary word is not the name that differs from it by a capital; other names may be written so."""
    maker = Vendor(id="sunlight", name="SunLight", sources=("own",)).at(Place("lamps.jsonl", 1))
    catalogue = Catalogue([maker])
    assert [] == catalogue.find(split_words("Plants need Sunlight"))
    assert ["sunlight"] == [hit.vendor_id for hit in catalogue.find(split_words("SunLight makes lamps"))]


def test_plurals_of_products() -> None:
    """News speaks of several devices: their names in the plural are the maker's too."""
    found = find_vendors("Staff may take iPhones, MacBooks and YubiKeys along")
    assert [("apple", "product"), ("apple", "product"), ("yubico", "product")] == [
        (hit.vendor_id, hit.kind) for hit in found
    ]


def test_empty_and_odd_documents() -> None:
    """Nothing breaks on an empty text, on one without words, or on very long words."""
    for text in ("", " ", "…", "\n\n", "x" * 5000, "Ω≈ç√ " * 50):
        assert () == NLP(text)._.mentions


def test_surface() -> None:
    """Folding drops accents, slugs join words, Title Case is seen by the longer words."""
    assert "citroen" == fold("Citroën")
    assert "a-b-c" == slug("A & B/C")
    assert is_title_case("Firm Opens Another Large Plant".split())
    assert not is_title_case("Firm opens another large plant".split())
