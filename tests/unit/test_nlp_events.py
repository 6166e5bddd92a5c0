"""What the whole pipeline says of sentences of our own."""

import numpy as np
import pytest

from newsbeam.nlp import load
from newsbeam.nlp.deciding import NEVER, choose
from newsbeam.nlp.document import make_doc
from newsbeam.nlp.encoder import Encoder
from newsbeam.nlp.events import REACH, near_trigger
from newsbeam.taxonomy import TYPES


@pytest.fixture(scope="module")
def nlp():
    return load()


def _events(nlp, title, summary="", text="", published=None):
    return make_doc(nlp, title, summary, text, published)._.events


@pytest.mark.parametrize(
    ("title", "event_type", "vendor"),
    [
        ("Cisco buys the security start-up Axonius for $3 billion", "vendor.acquisition", "Cisco"),
        ("Spotify lays off 400 people as growth slows", "vendor.layoffs", "Spotify"),
        ("Anthropic raises $5 billion at a $200 billion valuation", "vendor.funding", "Anthropic"),
        ("Irish regulator fines TikTok €300 million over transfers of data", "regulatory.fine", "TikTok"),
        ("Netflix raises prices of all plans in Britain", "vendor.pricing", "Netflix"),
        ("Samsung unveils a thinner foldable phone", "vendor.product_launch", "Samsung"),
        (
            "Hackers stole records of 2 million customers from T-Mobile",
            "vendor.security_incident",
            "T-Mobile",
        ),
        ("Texas sues Roblox over the safety of children", "regulatory.lawsuit", "Roblox"),
    ],
)
def test_a_plain_headline_is_understood(nlp, title, event_type, vendor):
    events = _events(nlp, title)
    assert event_type in [event.type for event in events]
    event = next(event for event in events if event.type == event_type)
    assert vendor in [role.name for role in event.vendors]
    assert title == event.evidence.sentence
    assert title[event.evidence.trigger_start : event.evidence.trigger_end] == event.evidence.trigger


@pytest.mark.parametrize(
    ("title", "vendors", "person"),
    [
        ("Fidji Simo joins OpenAI as new CEO of Applications", ["OpenAI"], "Fidji Simo"),
        ("Priya Raman named CEO of Acme Robotics", ["Acme Robotics"], "Priya Raman"),
        ("Acme Robotics names Priya Raman chief executive", ["Acme Robotics"], "Priya Raman"),
    ],
)
def test_who_takes_an_office_is_no_vendor(nlp, title, vendors, person):
    [event] = _events(nlp, title)
    assert vendors == [vendor.name for vendor in event.vendors]
    assert person == event.slots.person


@pytest.mark.parametrize(
    ("title", "event_type", "wanted"),
    [
        (
            "Amazon, which cut 14,000 jobs in October, opens an office in Berlin",
            "vendor.layoffs",
            True,
        ),
        (
            "Amazon, which cut 14,000 jobs in October, opens an office in Berlin",
            "vendor.expansion",
            False,
        ),
        ("Google, fined €4.3 billion in 2018, fined again by EU over Android", "regulatory.fine", False),
        ("Intel, after 2023 loss, cuts 5,000 jobs", "vendor.layoffs", False),
    ],
)
def test_a_title_restates_in_side_clauses(nlp, title, event_type, wanted):
    found = {event.type: event.background for event in _events(nlp, title, published="2026-03-10")}
    assert wanted == found[event_type]


@pytest.mark.parametrize(
    "title",
    [
        "The best robot vacuums of the year, tested",
        "How to move your photos from one phone to another",
        "Sunshine and showers are coming to the coast",
        "I spent a month with the cheapest laptop so you don't have to",
    ],
)
def test_what_is_never_an_event(nlp, title):
    assert () == _events(nlp, title)


@pytest.mark.parametrize(
    ("title", "held_back"),
    [
        ("Senate passes farm bill", True),
        ("Trump's new head of DOT rips up US fuel efficiency regulations", True),
        ("Governor signs bill on school lunches", True),
        ("Senate passes AI bill", False),
        ("FCC votes to repeal rules on ownership", False),
        ("Congress passes law on sales of Nvidia", False),
        ("California passes bill on robotaxis", False),
        ("Court rules against wind farm", False),
    ],
)
def test_a_law_without_technology_is_politics(nlp, title, held_back):
    """A law is an event where title or lead name a vendor, a regulator or a technology topic."""
    doc = make_doc(nlp, title)
    assert held_back == doc._.trace.politics
    reasons = doc._.trace.why_not("regulatory.platform_ai_rule")
    assert held_back == any(reason.startswith("held back") for reason in reasons)
    if held_back:
        assert () == doc._.events


@pytest.mark.parametrize(
    ("title", "summary", "event_type", "raised"),
    [
        (
            "Shoppers sue Nintendo over tariff refunds",
            "",
            "regulatory.tariff",
            ("regulatory.tariff", "regulatory.lawsuit", "tariff"),
        ),
        ("Texas sues Roblox over the safety of children", "", "regulatory.lawsuit", None),
        ("Scopely sued over gambling in Monopoly Go", "", "regulatory.lawsuit", None),
        (
            "Tesla is sued by the family of a driver killed in an Autopilot crash",
            "Shares of Tesla have fallen this year as tariffs hit its sales.",
            "regulatory.lawsuit",
            None,
        ),
    ],
)
def test_a_suit_over_duties_is_an_act_on_duties(nlp, title, summary, event_type, raised):
    """The taxonomy's precedence, where a word of the title, not of a name, says what the suit is about."""
    doc = make_doc(nlp, title, summary)
    assert [event_type] == [event.type for event in doc._.events]
    assert raised == doc._.trace.raised
    if raised:
        assert "proposed" == doc._.events[0].stage, "a suit is a claim"


@pytest.mark.parametrize(
    ("title", "needed"),
    [
        ("Court rules against wind farm", 0.6),
        ("Court rules against Google", None),
        ("Court rules on data of phones", None),
    ],
)
def test_an_act_without_technology_needs_more(nlp, title, needed):
    trace = make_doc(nlp, title)._.trace
    own = nlp.get_pipe("newsbeam_events").learner.thresholds[TYPES.index("regulatory.lawsuit")]
    wanted = next(threshold for name, _, threshold in trace.scores if name == "regulatory.lawsuit")
    assert wanted == (needed or round(own, 3))


def test_a_later_paragraph_adds_an_event_by_rule(nlp):
    """The text may add an event of a vendor of the title; the evidence says where it stands."""
    text = "Lots of people came.\n" * 30 + "Separately, Netflix agreed to buy Lumo, a start-up from Oslo."
    events = _events(nlp, "Netflix raises prices of all plans in Britain", "It is the third rise.", text)
    found = [event for event in events if event.type == "vendor.acquisition"]
    assert 1 == len(found)
    evidence = found[0].evidence
    assert "text" == evidence.field
    assert text[evidence.start : evidence.end] == evidence.sentence


def test_the_order_of_events_and_the_trace_are_stable(nlp):
    first = make_doc(nlp, "Cisco buys Axonius for $3 billion")
    again = make_doc(nlp, "Cisco buys Axonius for $3 billion")
    assert first._.events == again._.events
    assert first._.trace == again._.trace


def test_the_trace_says_what_was_missing(nlp):
    trace = make_doc(nlp, "The parish raises $40,000 for its organ")._.trace
    assert any(
        "missing a vendor or product before the trigger" in line for line in trace.why_not("vendor.funding")
    )


def test_an_empty_document_has_no_events(nlp):
    assert () == _events(nlp, "")
    assert () == _events(nlp, " \n ")


LEAD = "Zalando had a quiet week. The weather in Berlin was fine, and so was the mood of its people. " * 5


@pytest.mark.parametrize(
    "sentence",
    [
        "Zalando offers a platform to elevate your mission and join a community of leaders.",
        "For firms already invested in Zalando, the change offers low friction.",
        "Engineers of Zalando used clever airflow to bring the coefficient of drag down to 0.24.",
    ],
)
def test_words_of_a_rule_are_not_enough_in_a_later_paragraph(nlp, sentence):
    """There the linear model must nearly take the sentence for an event too."""
    assert [] == [event.type for event in _events(nlp, "A week at Zalando", text=f"{LEAD}\n\n{sentence}")]


def test_a_later_paragraph_adds_what_it_plainly_reports(nlp):
    """With the sentence as evidence, its field, and at most .5 for a rule of middling strength."""
    said = "Separately, Zalando announced a new partnership with Adidas."
    found = _events(nlp, "A week at Zalando", text=f"{LEAD}\n\n{said}")
    assert ["vendor.partnership"] == [event.type for event in found]
    assert (said, "text") == (found[0].evidence.sentence, found[0].evidence.field)
    assert found[0].confidence < 0.6


def test_the_encoder_is_not_asked_where_a_plainer_sentence_reports_the_event(nlp, monkeypatch):
    """A sentence that the linear model doubts costs a reading by the encoder; a later, plain one does not."""
    doubtful = "Our analyst met a manager at Zalando to discuss its exciting new partnership with Adidas."
    plain = "Zalando has announced a partnership with Xiaomi."
    asked = []
    encode_part = Encoder.encode_part

    def counting(self, reading, start, end):
        asked.append(reading.text[start:end])
        return encode_part(self, reading, start, end)

    monkeypatch.setattr(Encoder, "encode_part", counting)
    found = _events(nlp, "A week at Zalando", text=f"{LEAD}\n\n{doubtful}\n\n{plain}")
    assert [plain] == [event.evidence.sentence for event in found]
    assert [] == asked
    _events(nlp, "A week at Zalando", text=f"{LEAD}\n\n{doubtful}")
    assert [doubtful] == asked


def test_a_title_counts_where_the_lead_speaks_of_other_things(nlp):
    """Read with its lead it may look like none; read alone it reports an event."""
    lead = "Critics say that cameras in prisons could infringe on the rights of citizens. The firm disagrees."
    found = _events(nlp, "Chinese firm Taigusys launches emotion-recognition system", text=lead)
    assert ["vendor.product_launch"] == [event.type for event in found]
    assert "title" == found[0].evidence.field


@pytest.mark.parametrize(
    "title",
    [
        "Samsung's new Galaxy Watch is $60 off with a free band",
        "I tried Google's new Gemini tool in Docs and it writes like a manager",
        "Apple's AirPods Max 2 have dropped to $449 at Amazon",
    ],
)
def test_no_launch_or_price_is_told_of_a_deal_or_a_review(nlp, title):
    doc = make_doc(nlp, title)
    assert () == doc._.events
    needed = {name: threshold for name, _, threshold in doc._.trace.scores}
    assert NEVER == needed["vendor.product_launch"] == needed["vendor.pricing"]
    assert 0.5 == needed["vendor.product_withdrawal"]


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("Sony cuts the price of the PlayStation 5 in the US", "It is $100 off from Friday, for good."),
        ("Tesla cuts the price of the Model 3, $5,000 off in China", ""),
        ("Netflix cuts the price of its plan with ads to $6.99 a month", ""),
    ],
)
def test_a_change_of_price_is_told_where_the_title_says_so(nlp, title, summary):
    assert ["vendor.pricing"] == [event.type for event in _events(nlp, title, summary)]


def test_an_opinion_needs_more_to_report_an_event(nlp):
    """Kinds of text that hardly ever report need a probability of .5, whatever the type's threshold."""
    title = "Opinion: The merger of Gannett and Zalando sends a dismal signal"
    doc = make_doc(nlp, title)
    assert "opinion" == doc._.trace.content_type
    assert all(threshold >= 0.5 for _, _, threshold in doc._.trace.scores)
    assert any(threshold < 0.5 for _, _, threshold in make_doc(nlp, "Gannett merges")._.trace.scores)


@pytest.mark.parametrize(
    ("likely", "expected"),
    [
        ({"vendor.funding": 0.9, "vendor.product_launch": 0.55}, ["vendor.funding"]),
        ({"vendor.funding": 0.9, "vendor.product_launch": 0.6}, ["vendor.funding", "vendor.product_launch"]),
        ({"regulatory.lawsuit": 0.8, "regulatory.antitrust": 0.9}, ["regulatory.antitrust"]),
        ({"vendor.acquisition": 0.8, "regulatory.merger_review": 0.7}, ["vendor.acquisition"]),
        ({"vendor.acquisition": 0.6, "regulatory.merger_review": 0.7}, ["regulatory.merger_review"]),
        (
            {"regulatory.lawsuit": 0.55, "vendor.layoffs": 0.6, "regulatory.investigation": 0.8},
            ["regulatory.investigation", "vendor.layoffs"],
        ),
        (
            {"regulatory.lawsuit": 0.7, "vendor.layoffs": 0.6, "regulatory.investigation": 0.8},
            ["regulatory.lawsuit", "vendor.layoffs"],
        ),
        ({"regulatory.lawsuit": 0.4}, []),
    ],
)
def test_one_act_of_an_authority(likely, expected):
    """A second event of a vendor must be surer; of an authority there is one, as the taxonomy orders them."""
    scores = np.array([likely.get(name, 0.0) for name in TYPES])
    assert expected == [name for name, _ in choose(scores, np.full(len(TYPES), 0.5))]


def test_the_encoder_does_not_read_what_is_hopeless(nlp, monkeypatch):
    """Of a fifth to a third of the items the linear model sees by itself that they report nothing."""
    read = []
    plain = Encoder.read
    monkeypatch.setattr(Encoder, "read", lambda self, item: read.append(item) or plain(self, item))
    plainly_none = make_doc(nlp, "How to make your own bread at home (4 minute read)")
    assert () == plainly_none._.events
    assert [] == read
    assert plainly_none._.trace.why_not("vendor.funding")[0].startswith(
        "learner (the encoder was not asked): 0.0"
    )
    assert _events(nlp, "Cisco buys Axonius for $3 billion")
    assert 1 == len(read)


@pytest.mark.parametrize(
    ("title", "event_type", "polarity"),
    [
        ("Microsoft backs out of OpenAI talks and buys Lumora", "vendor.acquisition", "positive"),
        ("Ford scraps its plans for EV plant and cuts 800 jobs", "vendor.layoffs", "positive"),
        ("FCC won't approve Starlink merger", "regulatory.merger_review", "positive"),
        ("Microsoft denies it plans to lay off 30,000 workers", "vendor.layoffs", "negative"),
    ],
)
def test_a_second_act_is_not_denied_with_the_first(nlp, title, event_type, polarity):
    """What is dropped or refused stands before "and"; what is done stands behind it."""
    assert {event_type: polarity} == {event.type: event.polarity for event in _events(nlp, title)}


@pytest.mark.parametrize("at", [0, 5, REACH, 50_000])
def test_only_what_is_near_the_trigger_is_read(at):
    """A hostile sentence without end must not be searched whole, again and again."""
    sentence = "x" * at + "cuts" + ", it said" * 10_000
    near, (start, end) = near_trigger(sentence, (at, at + 4))
    assert "cuts" == near[start:end]
    assert len(near) == min(at, REACH) + 4 + REACH
    assert near in sentence


def test_halves_of_characters_are_replaced(nlp):
    """A lone surrogate, as JSON can hold one, cannot be encoded, and stops nothing."""
    assert ["vendor.acquisition"] == [event.type for event in _events(nlp, "Apple\ud83d buys Lumora")]


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("Separately, Google also announced a new partnership with the furniture maker Ikea.", True),
        (
            f"Today, before {'many guests, ' * 8}Google announced a partnership with furniture maker Ikea.",
            True,
        ),
        ("Partnering with Google was always a dream of mine, says the baker.", False),
        ("Google has nothing to say about the Danish move to drop the inquiry into a colleague.", False),
        ("Rumours that Google would pull out of the fair have made many of us nervous.", False),
    ],
)
def test_a_sentence_of_the_text_adds_what_the_encoder_sees_in_it(nlp, sentence, wanted):
    filler = "Thousands had come to hear about phones and glasses, and some of them left early. " * 6
    opening = "Google opened its yearly conference. It was a long day."
    text = f"{opening}\n\n{filler}\n\n{sentence}"
    doc = make_doc(nlp, "A day among developers", text=text, published="2026-03-10")
    assert doc._.trace.fired
    assert wanted == any(sentence.startswith(event.evidence.sentence[:40]) for event in doc._.events)
