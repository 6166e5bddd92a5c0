"""The slots of an event: from its sentence, else from title and lead. The seeds are the acceptance."""

from functools import lru_cache
from pathlib import Path

import pytest

import seeds
from newsbeam.nlp.slots import SlotContext, fill, load_knowledge, load_slots
from newsbeam.taxonomy import TYPES

FOLDER = Path(seeds.__file__).parent


@lru_cache
def seed(document: str) -> str:
    (path,) = FOLDER.glob(f"{document}_*.txt")
    return path.read_text(encoding="utf-8")


def context(document: str, title: str, published: str | None, *vendors: str) -> SlotContext:
    """Return the context of the seed item that begins with ``title``."""
    text = seed(document)
    rest = (
        text[text.index(title) + len(title) :].split("Link to original source")[0].split("Share article")[0]
    )
    return SlotContext(title=title, text=rest.strip(), published=published, vendors=vendors)


EUROPE = (
    "000",
    "Chinese smartphone brand Xiaomi beats Apple in Europe sales",
    "2021-05-09",
    "Xiaomi",
    "Apple",
)
TAIGUSYS = ("000", "Chinese Firm Taigusys Launches Emotion-Recognition System", "2021-06-17", "Taigusys")
RUSSIA = (
    "001",
    "Xiaomi’s latest products for Russia include its smart TVs and flagship Mi 9T",
    None,
    "Xiaomi",
)
BAN = ("001", "Huawei says US ban will cost it $30B in lost revenue", None, "Huawei")
PLUMMET = ("001", "Report: Huawei expects international smartphone shipments to plummet", None, "Huawei")
DANKE = ("001", "China’s housing unicorn Danke appoints ex-Baidu exec as new COO", None, "Danke", "Baidu")
INFUSION = ("003", "China’s Xiaomi To Boost AI, 5G With Five-Year $5B Infusion", "2020-01-02", "Xiaomi")
CAR = (
    "At the end of March, Xiaomi announced it was entering the smart electric vehicle market, "
    "investing US$10bn over the next 10 years."
)
PUMP = (
    "Chinese smartphone firm Xiaomi is planning to pump over ¥50 billion ($7.18 billion) into artificial "
    "intelligence (AI) and 5G technologies over the next five years, Reuters reported on Thursday (Jan. 2)."
)
INROADS = "Xiaomi, best known for its smartphones, is making serious inroads into Russia"


@pytest.mark.parametrize(
    ("item", "event_type", "sentence", "trigger", "wanted"),
    [
        (EUROPE, "vendor.market_share", EUROPE[1], "beats", {"place": "Europe", "period": "Q1 2021"}),
        (EUROPE, "vendor.investment", CAR, "investing", {"amount": (10e9, "USD")}),
        (
            TAIGUSYS,
            "vendor.product_launch",
            TAIGUSYS[1],
            "Launches",
            {"product": "Emotion-Recognition System"},
        ),
        (RUSSIA, "vendor.product_launch", RUSSIA[1], "latest products", {"place": "Russia", "country": "RU"}),
        (RUSSIA, "vendor.expansion", INROADS, "making serious inroads", {"place": "Russia", "country": "RU"}),
        (BAN, "vendor.guidance", BAN[1], "will cost", {"amount": (30e9, "USD")}),
        (PLUMMET, "vendor.guidance", PLUMMET[1], "expects", {"percent": "40% to 60%"}),
        (
            DANKE,
            "vendor.executive_change",
            DANKE[1],
            "appoints",
            {"person": "Gu Guodong", "position": "chief operating officer"},
        ),
        (
            INFUSION,
            "vendor.investment",
            INFUSION[1],
            "Infusion",
            {"amount": (50e9, "CNY"), "amount_converted": (7.18e9, "USD")},
        ),
        (
            INFUSION,
            "vendor.investment",
            PUMP,
            "pump",
            {"amount": (50e9, "CNY"), "amount_converted": (7.18e9, "USD")},
        ),
    ],
)
def test_seeds(
    item: tuple[str, str, str | None, str],
    event_type: str,
    sentence: str,
    trigger: str,
    wanted: dict[str, object],
) -> None:
    """Every slot that a careful reader finds in the seeds is found."""
    start = sentence.index(trigger)
    slots = fill(event_type, sentence, (start, start + len(trigger)), context(*item))._asdict()
    for name in ("amount", "amount_converted"):
        slots[name] = slots[name] and (round(slots[name].value), slots[name].currency)
    assert wanted == {name: slots[name] for name in wanted}


def test_seed_sentences_stand_in_the_seeds() -> None:
    """The sentences above are the seeds' own."""
    assert CAR in seed("000")
    assert PUMP in seed("003")
    assert INROADS in seed("001")


def filled(
    event_type: str, sentence: str, trigger: str, around: SlotContext | None = None
) -> dict[str, object]:
    start = sentence.index(trigger)
    slots = fill(event_type, sentence, (start, start + len(trigger)), around)
    return {key: value for key, value in slots._asdict().items() if value is not None}


def test_surname_taken_for_a_vendor() -> None:
    """A person is found although the surname alone was taken for an unknown company."""
    sentence = "Lumora announced the appointment of Wen Taihe as its chief operating officer"
    found = filled("vendor.executive_change", sentence, "appointment", SlotContext(vendors=("Lumora", "Wen")))
    assert "Wen Taihe" == found["person"]


@pytest.mark.parametrize(
    ("sentence", "person"),
    [
        ("Lumora names Wen Taihe as CEO, replacing Ari Feld", "Wen Taihe"),
        ("Wen Taihe joins Lumora as CEO", "Wen Taihe"),
        ("Wen Taihe joins Lumora", None),
        ("Lumora hires a chief of staff for Wen Taihe", None),
    ],
)
def test_name_taken_for_an_unknown_vendor(sentence: str, person: str | None) -> None:
    """A name that no catalogue lists is a person's where the words around it say so clearly."""
    around = SlotContext(vendors=("Lumora", "Wen Taihe"), unknown=("Wen Taihe",))
    trigger = sentence.split()[2 if sentence.startswith("Wen") else 1]
    assert person == filled("vendor.executive_change", sentence, trigger, around).get("person")


def test_valuation_is_not_the_amount_raised() -> None:
    """A round's amount is what comes in, whatever the company is said to be worth."""
    found = filled("vendor.funding", "Lumora raises $40M at a $1B valuation", "raises")
    assert 40e6 == found["amount"].value  # type: ignore[attr-defined]
    assert {} == filled("vendor.funding", "Lumora seeks funds, valued at $2 billion", "seeks")


def test_price_of_a_company_may_be_its_valuation() -> None:
    """In a takeover the sum at which the company is valued is the price."""
    found = filled("vendor.acquisition", "Lumora buys Quanto in a deal valued at $2 billion", "buys")
    assert 2e9 == found["amount"].value  # type: ignore[attr-defined]


def test_only_the_lead_lends_slots() -> None:
    """A sentence deep in the text takes nothing from title and lead."""
    around = SlotContext(title="Lumora raises $9M", text="Lumora did well.\n" * 60 + "Lumora landed money.")
    assert {} == filled(
        "vendor.funding", "Lumora landed money.", "landed", SlotContext(title="Lumora raises $9M")
    )
    assert {} == filled("vendor.funding", "Long ago it landed money.", "landed", around)


def lent(event_type: str, title: str, text: str, *vendors: str) -> dict[str, object]:
    """Return what the text lends an event that the whole title reports, amounts as (value, currency)."""
    around = SlotContext(title=title, text=text, published="2025-11-12", vendors=vendors)
    found = fill(event_type, title, (0, len(title)), around)._asdict()
    found["amount"] = found["amount"] and found["amount"][:2]
    return {key: value for key, value in found.items() if value is not None}


@pytest.mark.parametrize(
    ("event_type", "title", "text"),
    [
        ("vendor.acquisition", "Lumora buys start-up Quanto", "Lumora paid $6.9 billion for Tarn in 2020."),
        ("vendor.acquisition", "Lumora buys start-up Quanto", "Lumora paid $6.9 billion for Tarn."),
        (
            "vendor.acquisition",
            "Lumora buys start-up Quanto",
            "In 2020, Lumora paid $9 million for Quanto's chips.",
        ),
        (
            "vendor.acquisition",
            "Lumora buys Quanto",
            "Lumora, which bought Tarn in 2020 for $6 billion, is big.",
        ),
        (
            "vendor.acquisition",
            "Lumora buys Quanto",
            "The deal comes five years after Lumora bought Tarn for $6bn.",
        ),
        ("vendor.listing", "Lumora files for IPO", "Tarn had agreed to buy Lumora for $20 billion in 2022."),
        ("vendor.listing", "Lumora files for IPO", "Tarn agreed to buy Lumora for $20 billion."),
        ("regulatory.fine", "Lumora fined over cookies", "Lumora was fined 50 million euros in 2019."),
        (
            "regulatory.fine",
            "Lumora fined over cookies",
            "In 2019, Lumora was fined €50 million by the CNIL.",
        ),
        ("vendor.expansion", "Lumora opens data center", "Lumora got $30 billion from Tarn."),
        ("vendor.pricing", "Lumora raises Premium price", "Lumora paid $10 billion to the music industry."),
        ("vendor.earnings", "Lumora reports record profit", "Lumora bought Quanto for $8 billion in 2016."),
        ("vendor.layoffs", "Lumora lays off hundreds", "Lumora employs 120,000 people."),
        (
            "vendor.layoffs",
            "Lumora lays off staff",
            "Lumora laid off 15,000 employees or 12% of staff in 2023.",
        ),
    ],
)
def test_the_lead_lends_nothing_of_another_event(event_type: str, title: str, text: str) -> None:
    """A sentence of the lead about another fact, or an old one, lends no amount, count, share or period."""
    assert {} == lent(event_type, title, text, "Lumora", "Quanto", "Tarn")


@pytest.mark.parametrize(
    ("event_type", "title", "text", "wanted"),
    [
        ("vendor.acquisition", "Lumora buys start-up Quanto", "The deal values Quanto at $2 billion.", 2e9),
        ("vendor.acquisition", "Lumora buys start-up Quanto", "Lumora will pay $2 billion for Quanto.", 2e9),
        (
            "vendor.acquisition",
            "Lumora buys start-up Quanto",
            "Lumora announced on Monday that it had agreed to buy Quanto for $2 billion.",
            2e9,
        ),
        (
            "vendor.funding",
            "Lumora lands a round",
            "The round was led by Tarn and brings in $40 million.",
            40e6,
        ),
        ("vendor.funding", "Lumora lands a round", "This Series B round of $40 million is its first.", 40e6),
        ("regulatory.fine", "Lumora fined over cookies", "The fine amounts to €20 million.", 20e6),
        ("regulatory.fine", "Lumora fined over cookies", "Lumora must pay €20 million by March 2026.", 20e6),
        (
            "vendor.pricing",
            "Lumora raises Premium price",
            "Lumora Premium costs $12.99 a month, up from $11.99.",
            12.99,
        ),
        (
            "vendor.earnings",
            "Lumora reports record profit",
            "Lumora's net profit of $8 billion beat forecasts.",
            8e9,
        ),
        (
            "vendor.acquisition",
            "Lumora buys Quanto",
            "Lumora, which bought Tarn in 2020, will pay $2 billion.",
            2e9,
        ),
    ],
)
def test_the_lead_goes_on_with_the_news(event_type: str, title: str, text: str, wanted: float) -> None:
    """A sentence that goes on about the event lends its amount, also without the vendor's name."""
    amount = lent(event_type, title, text, "Lumora", "Quanto", "Tarn")["amount"]
    assert wanted == amount[0]  # type: ignore[index]


def test_the_lead_lends_counts_of_the_news() -> None:
    """Headcount and share come from the sentence that tells the news, not from one about an earlier round."""
    text = "Lumora laid off 15,000 employees in 2023. Lumora will cut 2,400 jobs, 2% of its staff."
    assert {"headcount": 2400, "percent": "2%"} == lent(
        "vendor.layoffs", "Lumora lays off staff", text, "Lumora"
    )


def test_an_aside_about_an_old_fact_lends_nothing() -> None:
    """Also in the sentence of the event itself an older fact is not read."""
    sentence = "Lumora, which bought Tarn for $6.9 billion in 2020, is buying Quanto"
    around = SlotContext(published="2025-11-12")
    assert {} == filled("vendor.acquisition", sentence, "is buying", around)
    there = filled("vendor.acquisition", f"{sentence} for $2 billion", "is buying", around)
    assert 2e9 == there["amount"].value  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("sentence", "text", "currency"),
    [
        ("Huora to invest ¥50 billion in chips", "", "CNY"),
        ("Nihora to invest ¥50 billion in chips", "", "JPY"),
        ("Nihora to invest ¥50 billion with Huora", "", "JPY"),
        ("Someone to invest ¥50 billion in chips", "Huora takes part.", "CNY"),
        ("Nihora to invest ¥50 billion in China", "", "CNY"),
        ("Nihora to invest ¥50 billion ($330 million) in China", "", "JPY"),
        ("Huora to invest ¥50 billion in Japan", "", "JPY"),
        ("Huora to invest $50 billion in chips", "", "USD"),
        ("Lumora to invest ¥50 billion in chips", "", "JPY"),
    ],
)
def test_shared_sign_by_the_vendors_home(sentence: str, text: str, currency: str) -> None:
    """¥ is that of a place in the sentence, else of the vendors in it, else of the lead and other vendors."""
    around = SlotContext(title=sentence, text=text, homes={"Huora": "CN", "Nihora": "JP", "Lumora": "US"})
    around = around._replace(homes={n: h for n, h in around.homes.items() if n in f"{sentence} {text}"})
    found = filled("vendor.investment", sentence, "invest", around)
    assert currency == found["amount"].currency  # type: ignore[attr-defined]


def test_a_quarter_is_no_date() -> None:
    """Where only a quarter is said, the period says it."""
    around = SlotContext(published="2026-03-10")
    found = filled("vendor.product_launch", "Lumora delays the Fold to Q3 2026", "delays", around)
    assert ("Q3 2026", None) == (found["period"], found.get("effective_date"))


@pytest.mark.parametrize(
    ("sentence", "verb", "published", "wanted"),
    [
        ("Lumora kills the Fold for good in October", "kills", "2026-04-16", "2026-10"),
        ("Lumora killed the Fold for good in October", "killed", "2026-04-16", "2025-10"),
        ("Lumora kills the Fold after cuts in October", "kills", "2026-11-16", "2026-10"),
        ("Lumora ends the Fold in October 2025", "ends", "2026-04-16", "2025-10"),
        ("Lumora ends the Fold it launched last year", "ends", "2026-04-16", None),
    ],
)
def test_what_is_told_in_the_present_lies_ahead(
    sentence: str, verb: str, published: str, wanted: str | None
) -> None:
    """A bare month is the one to come, unless that is too far ahead, or the verb looks back."""
    found = filled("vendor.product_withdrawal", sentence, verb, SlotContext(published=published))
    assert wanted == found.get("effective_date")


def test_unknown_name_behind_a_launch_is_the_product() -> None:
    """What the words around it made an unknown vendor is the product where it is launched."""
    around = SlotContext(vendors=("Lumora", "Modell Q"), unknown=("Modell Q",))
    assert {"product": "Modell Q"} == filled(
        "vendor.product_launch", "Lumora unveils Modell Q, a car", "unveils", around
    )


def test_known_names_are_words() -> None:
    """A known product inside another word is not meant, its plural is."""
    around = SlotContext(vendors=("Lumora",), products=("Glow",))
    trigger = "ban"
    assert {} == filled("regulatory.product_ban", "A ban of GlowBook", trigger, around)
    assert {"product": "Glow"} == filled("regulatory.product_ban", "A ban of Glows", trigger, around)


def test_all_knowledge_loads() -> None:
    """Every file that the slots read is right."""
    load_knowledge()


def test_every_type_has_a_plan() -> None:
    """slots.yaml knows every type of the taxonomy and nothing else."""
    assert set(TYPES) == set(load_slots())


@pytest.mark.parametrize("event_type", TYPES)
def test_fill_takes_any_text(event_type: str) -> None:
    """No type and no text makes it fail."""
    for sentence in ("", "x", "¥¥ $ 1 % of of", "“Lumora”, the, , 5%-6% May May 2024 $1 (", "Ω" * 50):
        fill(event_type, sentence, (0, min(1, len(sentence))), SlotContext(title="$1", text=sentence))
