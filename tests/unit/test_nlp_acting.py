"""Which authority acts in an event, and where it has its say."""

import pytest

from newsbeam.nlp import load
from newsbeam.nlp.acting import acting, jurisdiction
from newsbeam.nlp.document import make_doc
from newsbeam.nlp.features import read
from newsbeam.nlp.rules import RuleBook, load_rules
from newsbeam.nlp.triggers import Trigger

LAWSUIT = "regulatory.lawsuit"


@pytest.fixture(scope="module")
def nlp():
    return load()


@pytest.fixture(scope="module")
def book():
    return RuleBook(load_rules())


def _acting(nlp, book, title, trigger, summary=""):
    """Return name and jurisdiction of who acts, the event being at ``trigger`` in the title."""
    reading = read(make_doc(nlp, title, summary), book)
    start = title.index(trigger)
    found = acting(reading, LAWSUIT, Trigger(start, start + len(trigger), ""))
    return (found.name, jurisdiction(reading, found, 0, len(title))) if found else None


@pytest.mark.parametrize(
    ("title", "trigger", "name", "code"),
    [
        ("Trump signs executive order on AI", "order", "Trump", "US"),
        ("State Department bans TikTok on government phones", "bans", "State Department", "US"),
        ("India orders Apple to load a government-run app", "app", "India", "IN"),
        ("House passes bill to ban DeepSeek on government devices", "ban", "House of Representatives", "US"),
        ("FTC asks judge to block the deal of Meta", "block", "FTC", "US"),
        ("FTC sues and a judge blocks the deal of Meta", "blocks", "judge", "US"),
        ("Google fined a quarter of a billion euros by EU", "fined", "EU", "EU"),
        ("Amazon is fined €35 million by France over cookies", "fined", "France", "FR"),
        ("4chan fined $26K under UK Online Safety Act", "fined", "UK", "GB"),
        ("Meta sued under California privacy law", "sued", "California", "US-CA"),
        ("Government orders Apple to open iCloud", "orders", "government", None),
    ],
)
def test_who_acts(nlp, book, title, trigger, name, code):
    """Who does it acts, not what it is done with, whose device it is or who is asked."""
    assert (name, code) == _acting(nlp, book, title, trigger)


@pytest.mark.parametrize(
    "title",
    [
        "House prices fall as Zillow is sued",
        "Waffle House sues as Zillow is wooed",
        "Zillow is wooed by Texas company",
        "Chips loved by France's Soitec",
    ],
)
def test_who_does_not_act(nlp, book, title):
    """A house, and a country whose company it is, are no authority."""
    assert _acting(nlp, book, title, title.split()[-1]) is None


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("Judge dismisses lawsuit against Nvidia", None),
        ("Judge blocks Texas app store age law", "US"),
        ("Judge blocks German law on uploads to YouTube", "DE"),
        ("Judge says Chinese chipmaker must pay Micron", None),
        ("Judge says Apple sells fewer phones in China", None),
        ("A court in Munich rules against OpenAI", "DE"),
        ("Court of the state of Delaware rules on Tesla", "US"),
        ("Police in Delhi arrest a manager of Oppo", "IN"),
        ("Federal judge orders Google to share data", "US"),
        ("Federal court of Australia orders Google to pay", "AU"),
        ("Senators question Meta", "US"),
        ("Regulators approve the deal of Microsoft", None),
        ("Texas judge rules for X", "US-TX"),
        ("Court upholds fine of the FCC against AT&T", "US"),
        ("WTO rules on Apple", "INT"),
    ],
)
def test_jurisdiction(nlp, book, title, code):
    """A generic authority has the jurisdiction that the sentence tells, or none; a named one its own."""
    found = _acting(nlp, book, title, title.split()[0])
    assert found is not None
    assert code == found[1]


@pytest.mark.parametrize(
    ("summary", "code"),
    [("The FCC may appeal.", "US"), ("The FCC and the EU may appeal.", None), ("Verizon may appeal.", None)],
)
def test_jurisdiction_from_the_lead(nlp, book, summary, code):
    """Where the sentence does not tell it, the one country of the lead's authorities does."""
    assert ("judge", code) == _acting(nlp, book, "Judge rules on data of Verizon", "rules", summary)
