"""The axes: how sure, which way, how old, how far along, what kind of text."""

import pytest

from newsbeam.errors import KnowledgeError
from newsbeam.knowledge.tables import parse_table
from newsbeam.nlp import axes


def span(sentence: str, trigger: str) -> tuple[int, int]:
    start = sentence.index(trigger)
    return start, start + len(trigger)


@pytest.mark.parametrize(
    ("sentence", "trigger"),
    [
        ("Lumora is reportedly buying Quanto", "buying"),
        ("Report: Lumora to cut 900 jobs", "cut"),
        ("Lumora in talks to buy Quanto", "buy"),
        ("Lumora could launch a cheaper phone this autumn", "launch"),
        ("Lumora may sell its chip unit", "sell"),
        ("Lumora might buy Quanto", "buy"),
        ("Lumora to buy Quanto, sources say", "buy"),
        ("Lumora weighs sale of its chip unit", "sale"),
        ("Glow 3 specs leak ahead of launch", "launch"),
        ("Leaked renders show the Glow 3", "Glow"),
        ("Lumora plans a bond sale, according to people familiar with the matter", "sale"),
        ("Lumora close to a $2B deal for Quanto", "deal"),
        ("Lumora to open a plant in Ohio, Nikkei reports", "open"),
    ],
)
def test_rumor(sentence: str, trigger: str) -> None:
    """Hearsay, talks and modals before the trigger make a rumor."""
    assert "rumor" == axes.assertion(sentence, span(sentence, trigger))


@pytest.mark.parametrize(
    ("sentence", "trigger"),
    [
        ("Lumora plans to open a plant in Ohio", "open"),
        ("Lumora launches the Glow 3 on 5 May", "launches"),
        ("Glow 3 arrives in May 2026", "arrives"),
        ("Lumora is sued over data leak", "sued"),
        ("Lumora raises $9M, which may help it grow", "raises"),
        ("Lumora confirms Glow 3 after months of rumors", "confirms"),
        ("Judge rules that Lumora violated a law that could hurt rivals", "rules"),
        ("Lumora reports a record quarter", "reports"),
        ("Lumora open-sources its model", "open-sources"),
        ("Lumora partners with Quanto, whose tools have reportedly been used by police", "partners"),
    ],
)
def test_confirmed(sentence: str, trigger: str) -> None:
    """Announced plans, the month of May, data leaks and consequences do not."""
    assert "confirmed" == axes.assertion(sentence, span(sentence, trigger))


def test_what_the_lead_calls_rumored_is_another_thing() -> None:
    """A rumor beside the news does not make the news a rumor; in the title it does."""
    lead = "That leaves room for the rumored cheaper model."
    title = "Lumora launches the Glow 3"
    assert "confirmed" == axes.assertion(title, span(title, "launches"), lead=lead)
    assert "rumor" == axes.assertion("The rumored Glow 3 will launch in May", (20, 26))


def test_hearsay_of_title_covers_the_lead() -> None:
    """What the title gives as hearsay is hearsay in the lead, and the other way round."""
    lead = "Lumora is cutting a third of its staff."
    assert "rumor" == axes.assertion(lead, span(lead, "cutting"), title="Report: Lumora cuts staff")
    title = "Lumora cuts staff"
    assert "rumor" == axes.assertion(title, span(title, "cuts"), lead="Sources say a third of them must go.")


@pytest.mark.parametrize(
    ("sentence", "trigger", "wanted"),
    [
        ("Lumora denies plans to buy Quanto", "buy", "negative"),
        ("Lumora won’t sell its chip unit", "sell", "negative"),
        ("Lumora will not launch the Glow 3", "launch", "negative"),
        ("Lumora has no plans to buy Quanto", "buy", "negative"),
        ("Lumora scraps plans to open a plant", "open", "negative"),
        ("The merger of Lumora and Quanto falls through", "merger", "negative"),
        ("Lumora says reports of a sale are false", "sale", "negative"),
        ("Lumora is not only launching a phone", "launching", "positive"),
        ("Judge denies motion to block the merger", "merger", "positive"),
        ("Lumora launches the Glow 3", "launches", "positive"),
    ],
)
def test_polarity(sentence: str, trigger: str, wanted: str) -> None:
    """Denials and negations before the trigger turn an event around."""
    assert wanted == axes.polarity(sentence, span(sentence, trigger))


@pytest.mark.parametrize(
    ("sentence", "trigger", "event_type"),
    [
        ("Lumora denies it is buying Quanto", "buying", "vendor.acquisition"),
        ("Lumora denies that it was hacked", "hacked", "vendor.security_incident"),
        ("Lumora denied plans to launch a phone", "launch", "vendor.product_launch"),
        ("Lumora says it hasn’t been hacked", "hacked", "vendor.security_incident"),
        ("Lumora rules out layoffs this year", "layoffs", "vendor.layoffs"),
        ("Lumora denies data breach after dark web claims", "data breach", "vendor.security_incident"),
        ("No layoffs at Lumora, boss says", "layoffs", "vendor.layoffs"),
        ("Lumora says it is not in talks to buy Quanto", "buy", "vendor.acquisition"),
        ("Lumora has not yet launched the Glow 3", "launched", "vendor.product_launch"),
        ("Lumora isn’t launching the Glow 3", "launching", "vendor.product_launch"),
        ("Lumora refuses to sell Quanto", "sell", "vendor.divestiture"),
        ("Lumora won’t kill its Paint app", "kill", "vendor.product_withdrawal"),
        ("Lumora denies reports of an FTC probe", "probe", "regulatory.investigation"),
        ("Lumora denies being fined", "fined", "regulatory.fine"),
        ("Lumora won’t launch a new Glow phone", "new Glow phone", "vendor.product_launch"),
        ("EU rules out fine for Lumora", "fine", "regulatory.fine"),
        ("EU will not fine Lumora", "fine", "regulatory.fine"),
        ("Lumora never planned to buy Quanto", "buy", "vendor.acquisition"),
        ("Lumora has no intention of selling Quanto", "selling", "vendor.acquisition"),
        ("No evidence of a breach at Lumora", "breach", "vendor.security_incident"),
        ("Lumora dismisses reports of a merger", "merger", "vendor.acquisition"),
        ("Lumora backs out of $20B Quanto deal", "deal", "vendor.acquisition"),
        ("Lumora scraps its bid for Quanto", "Quanto", "vendor.acquisition"),
        ("Lumora boss denies rumors that Quanto is for sale", "sale", "vendor.divestiture"),
        ("Lumora deal will not go ahead", "deal", "vendor.acquisition"),
        ("Lumora did not suffer a breach", "breach", "vendor.security_incident"),
        ("Lumora has no plans to raise prices", "raise prices", "vendor.pricing"),
        ("Lumora wasn’t breached", "breached", "vendor.security_incident"),
        ("There was no data breach, says Lumora", "breach", "vendor.security_incident"),
        ("Lumora tells staff it won’t be laying off anyone", "laying off", "vendor.layoffs"),
        ("Lumora will no longer buy Quanto", "buy", "vendor.acquisition"),
        ("Lumora refutes claims that it was hacked", "hacked", "vendor.security_incident"),
        ("Lumora denies it has been sued by Quanto", "sued", "regulatory.lawsuit"),
        ("Lumora denies it will shut down Glow", "shut down", "vendor.product_withdrawal"),
        ("Lumora shoots down rumors of a price increase", "price increase", "vendor.pricing"),
    ],
)
def test_denied(sentence: str, trigger: str, event_type: str) -> None:
    """A negation that governs the trigger, or a denial of the report, makes an event negative."""
    assert "negative" == axes.polarity(sentence, span(sentence, trigger), event_type)


@pytest.mark.parametrize(
    ("sentence", "trigger", "event_type"),
    [
        ("Lumora denies wrongdoing as DOJ opens criminal probe", "probe", "regulatory.investigation"),
        ("Lumora denies wrongdoing as DOJ opens criminal probe", "opens", "regulatory.investigation"),
        ("Lumora fails to dodge €500 million EU fine", "fine", "regulatory.fine"),
        ("Lumora fails to overturn $2.7 billion EU fine", "overturn", "regulatory.fine"),
        ("Lumora can’t escape FTC antitrust trial", "antitrust", "regulatory.antitrust"),
        ("Section 230 doesn’t shield Lumora from death suit", "suit", "regulatory.lawsuit"),
        (
            "Its bot’s meltdown didn’t stop Lumora from winning $200M military deal",
            "winning",
            "vendor.contract",
        ),
        ("Lumora failed to fix a long outage", "outage", "vendor.supply_disruption"),
        ("Lumora no longer sells the Glow 2", "sells", "vendor.product_withdrawal"),
        ("Lumora denies antitrust charges", "antitrust charges", "regulatory.antitrust"),
        ("Judge refuses to block Lumora merger", "block", "vendor.acquisition"),
        ("Judge refuses to dismiss suit against Lumora", "suit", "regulatory.lawsuit"),
        ("Lumora disputes €2bn EU fine", "fine", "regulatory.fine"),
        ("Lumora won’t pay €2bn EU fine", "fine", "regulatory.fine"),
        ("Lumora declines to comment on layoffs", "layoffs", "vendor.layoffs"),
        ("Lumora can’t stop spread of outage", "outage", "vendor.supply_disruption"),
        ("Lumora fails to stop sale of Glow unit to Quanto", "sale", "vendor.divestiture"),
        ("Lumora launches the Glow 3 without a charger", "launches", "vendor.product_launch"),
        ("Not just Lumora: Quanto cuts 900 jobs too", "cuts", "vendor.layoffs"),
        ("Lumora isn’t alone as Quanto launches a phone", "launches", "vendor.product_launch"),
        ("Lumora denies breach claims while FTC opens probe", "probe", "regulatory.investigation"),
        ("Lumora didn’t disclose data breach for a year", "breach", "vendor.security_incident"),
        ("Lumora users can’t log in during outage", "outage", "vendor.supply_disruption"),
        ("Lumora won’t fix flaw under attack", "flaw", "vendor.security_incident"),
        ("Judge denies Lumora’s attempt to halt FTC case", "case", "regulatory.antitrust"),
        ("Court rejects Lumora appeal against fine", "fine", "regulatory.fine"),
        ("Lumora drops out of index after layoffs", "layoffs", "vendor.layoffs"),
        ("Lumora board rejects $97B takeover bid", "takeover bid", "vendor.acquisition"),
        ("Lumora unable to avoid recall", "recall", "vendor.product_withdrawal"),
        ("Lumora refuses to pay ransom after hack", "hack", "vendor.security_incident"),
        ("Supreme Court won’t hear Lumora’s patent appeal", "patent", "regulatory.ip_dispute"),
        ("Lumora’s fix does not prevent breach", "breach", "vendor.security_incident"),
        ("Lumora cannot delay EU AI rules", "rules", "regulatory.platform_ai_rule"),
        ("Lumora loses bid to block sale", "sale", "vendor.acquisition"),
        ("Lumora doesn’t want its fans to miss the Glow 3 launch", "launch", "vendor.product_launch"),
        ("FAA refuses to grant Lumora licence", "grant", "regulatory.approval"),
    ],
)
def test_not_denied(sentence: str, trigger: str, event_type: str) -> None:
    """A negation of something else, and one of a verb of avoidance, leaves the event as it is."""
    assert "positive" == axes.polarity(sentence, span(sentence, trigger), event_type)


@pytest.mark.parametrize(
    ("sentence", "trigger", "published", "wanted"),
    [
        ("Lumora was founded in April 2010 and listed in Oslo in 2018.", "listed", "2021-05-09", True),
        ("The firm, which it acquired in 2019, makes chips.", "acquired", "2024-05-01", True),
        ("The start-up was bought last year for $200M.", "bought", "2024-05-01", True),
        ("Feld came from Quanto, which was sold to Lumora for $3.2 billion.", "sold", None, True),
        ("In 2007, the agency (TSA) launched a programme.", "launched", "2021-06-17", True),
        ("In November, Lumora rolled out its first watch.", "rolled out", "2020-01-02", True),
        ("In November, Lumora rolled out its first watch.", "rolled out", "2019-12-02", False),
        ("Lumora began shipping to Peru back in 2017.", "shipping", None, True),
        ("Three years ago, Lumora bought Quanto.", "bought", "2024-05-01", True),
        (
            "A few months after nabbing a $5 million funding round, Lumora hired a boss.",
            "funding",
            None,
            True,
        ),
        ("Lumora said on Monday it had a new partner.", "partner", "2024-05-01", False),
        ("Lumora is investing US$10bn over the next 10 years.", "investing", "2021-05-09", False),
        ("Sales rose 12% from a year ago.", "rose", "2024-05-01", False),
        ("Shipments reached 3 million units in Q1 2021.", "Shipments", "2021-05-09", False),
        ("Shipments reached 3 million units in Q4 2020.", "Shipments", "2021-01-29", False),
        ("The plant will open in 2027.", "open", "2024-05-01", False),
        ("Lumora was fined 100 billion won by the KFTC in 2020.", "fined", "2026-03-10", True),
        ("In 2020 Lumora was fined $1 million by California.", "fined", "2026-03-10", True),
        ("Lumora was fined in 2020 by a court in Oslo.", "fined", "2026-03-10", True),
        ("In 2021 Lumora was sued by Quanto due to its patents.", "sued", "2026-03-10", True),
        ("In 2013 hackers broke into Target.", "broke into", "2026-03-10", True),
        ("The EU fined Lumora over data collected in 2019.", "fined", "2026-03-10", False),
        ("Lumora bought Quanto after raising $50 million.", "bought", "2026-03-10", False),
        ("Lumora bought Quanto after raising $50 million.", "raising", "2026-03-10", True),
        ("Lumora has cut 5,000 jobs since launching a review.", "cut", "2026-03-10", False),
        ("Lumora lays off 100 in a second cut since last year.", "lays off", "2026-03-10", False),
        ("Lumora laid off 100 people last year.", "laid off", "2026-03-10", True),
        ("In January, Lumora was fined by the regulator.", "fined", "2026-06-10", True),
        ("Lumora, listed in 2020, was fined by the regulator on Monday.", "fined", "2026-03-10", False),
        ("Lumora was fined by the regulator in March.", "fined", "2026-03-10", False),
        ("The law of 2020 is due to be replaced.", "replaced", "2026-03-10", False),
        ("Lumora opens the plant of 2020 again by March.", "opens", "2026-06-10", False),
    ],
)
def test_background(sentence: str, trigger: str, published: str | None, wanted: bool) -> None:
    """Older facts are background, by their words or by their dates against publication."""
    assert wanted == axes.background(sentence, span(sentence, trigger), published)


@pytest.mark.parametrize(
    ("sentence", "news"),
    [
        ("Lumora, which raised $5 million in 2023, makes chips.", "Lumora, , makes chips."),
        ("In 2019, Lumora was fined €50 million by the CNIL.", ","),
        ("Adobe had agreed to buy it for $20 billion, but lost", ", but lost"),
        ("It said on Tuesday it had agreed to buy it", "It said on Tuesday it had agreed to buy it"),
        ("Sales rose to $10 billion, compared with $8 billion a year ago", "Sales rose to $10 billion,"),
        ("The deal comes five years after it bought Tarn for $6bn", "The deal comes five"),
        ("Lumora will pay $5 million by March 2026", "Lumora will pay $5 million by March 2026"),
        ("", ""),
    ],
)
def test_old_facts_are_blanked(sentence: str, news: str) -> None:
    """What a sentence says of older facts is blanked out, and every other character keeps its place."""
    left = axes.without_background(sentence, "2025-11-12")
    assert len(sentence) == len(left)
    assert news.replace(" ", "") == left.replace(" ", "")


def test_by_alone_does_not_look_ahead() -> None:
    """Whoever acted ("fined by …") is no date to come; "by 2030" is one."""
    fined, due = "In 2019, Lumora was fined by the CNIL", "Chips of 2019 are to be gone by 2030"
    assert axes.background(fined, (14, 23), "2025-11-12")
    assert not axes.background(due, (0, 5), "2025-11-12")


@pytest.mark.parametrize(
    ("title", "trigger", "wanted"),
    [
        ("Lumora, fined €1.2 billion in 2023, launches new privacy tool", "fined", True),
        ("Lumora, which laid off 14,000 people in October, unveils Glow in Germany", "laid off", True),
        ("Lumora, once bought by Quanto, opens lab in Oulu", "bought", True),
        ("Five years ago today: Lumora launched the Glow", "launched", True),
        ("On this day in 2007 Ida Feld unveiled the Glow", "unveiled", True),
        ("In 2007 Lumora unveiled the first Glow", "unveiled", True),
        ("Lumora (founded in 2010) raises $9M", "founded", True),
        ("Lumora closes Quanto, which it bought last year", "bought", True),
        ("Lumora shuts down Glow Chat, launched in 2019", "launched", True),
        ("This week in 1998: Lumora sued over browser", "sued", True),
        ("The Glow launched 15 years ago today", "launched", True),
        ("Ten years ago, Lumora bought Quanto", "bought", True),
        ("Quanto, acquired by Lumora two years ago, lays off staff", "acquired", True),
        ("Quanto – sued in 2021 – settles", "sued", True),
        ("Ex-boss of Quanto, who was ousted in November, joins Lumora", "ousted", True),
        ("Lumora, accused of X, is fined €1 billion", "fined", False),
        ("Lumora, after 2023 loss, cuts 5,000 jobs", "cuts", False),
        ("Lumora, founded in 2010, raises $9M", "raises", False),
        ("Lumora, fined in 2023, is fined again", "fined again", False),
        ("Lumora, fined in 2023, hit with new fine", "fined", False),
        ("Lumora, sued in February, fires back", "sued", False),
        ("Lumora, hit by outage, cuts 900 jobs", "hit", False),
        ("Lumora launches Glow 3, 15 years ago today it launched the first", "launches", False),
        ("Ten years ago a toy, now Lumora launches its robot", "launches", False),
        ("Lumora’s 2024 phone launched in India", "launched", False),
        ("In 2026, Lumora will launch the Glow 3", "launch", False),
        ("Lumora buys Quanto, founded in 2010", "buys", False),
        ("Lumora, Quanto, which sued in 2021, settle", "settle", False),
        ("Lumora cuts 900 jobs, two years after buying Quanto", "cuts", False),
        ("Lumora: fined in 2023, fined in 2026", "fined in 2026", False),
        ("Lumora launches watch, which will ship in October", "ship", False),
        ("Lumora sales fall in 2025", "fall", False),
        ("Lumora, whose sales fell in 2024, fires its boss", "fires", False),
        ("Lumora fined €500M for 2021 breach", "fined", False),
        ("Lumora posts profit, helped by cloud", "helped", False),
    ],
)
def test_background_in_a_title(title: str, trigger: str, wanted: bool) -> None:
    """A title tells news, but in a side clause about an earlier fact and where it looks back."""
    assert wanted == axes.background(title, span(title, trigger), "2026-03-10", field="title")


@pytest.mark.parametrize(
    ("sentence", "trigger", "wanted"),
    [
        ("Lumora announces the Glow 3", "announces", "announced"),
        ("Lumora will launch the Glow 3 next month", "launch", "scheduled"),
        ("Lumora completes purchase of Quanto", "purchase", "effective"),
        ("Lumora delays the Glow 3", "delays", "delayed"),
        ("Lumora calls off the merger", "merger", "cancelled"),
        ("Lumora extends its deal with Quanto", "deal", "updated"),
        ("Lumora posts record profit", "posts", "reported"),
    ],
)
def test_change_state(sentence: str, trigger: str, wanted: str) -> None:
    """How far a change is stands in the words around the trigger."""
    assert wanted == axes.change_state(sentence, span(sentence, trigger))


@pytest.mark.parametrize(
    ("sentence", "trigger", "wanted"),
    [
        ("Lawmakers introduce bill on AI", "bill", "proposed"),
        ("Senate passes bill on AI", "bill", "proposed"),
        ("House passes Glow ban bill", "ban", "proposed"),
        ("Senate committee approves AI bill", "bill", "proposed"),
        ("Congress passes AI act", "act", "adopted"),
        ("Both House and Senate passed the AI bill, president signs it", "bill", "adopted"),
        ("Lumora fails to overturn AI rule", "rule", "adopted"),
        ("Lumora fails to get AI rule overturned", "rule", "adopted"),
        ("Court overturned AI rules", "rules", "struck_down"),
        ("AI rules take effect today", "rules", "in_force"),
        ("Regulator fines Lumora", "fines", "enforced"),
        ("Court strikes down AI rules", "rules", "struck_down"),
        ("Chips of Lumora on the list", "list", "adopted"),
        ("Regulator barred Lumora in May from selling the Glow 3", "barred", "enforced"),
        ("Regulator may bar Lumora from selling the Glow 3", "bar", "proposed"),
    ],
)
def test_stage(sentence: str, trigger: str, wanted: str) -> None:
    """The stage of a rule is read from the words, else from the type."""
    assert wanted == axes.stage(sentence, span(sentence, trigger), "regulatory.platform_ai_rule")


@pytest.mark.parametrize(
    ("sentence", "trigger", "event_type", "wanted"),
    [
        ("Quanto sues Lumora over photos", "sues", "regulatory.ip_dispute", "proposed"),
        ("Lumora is hit with class action over batteries", "class action", "regulatory.lawsuit", "proposed"),
        ("Lumora violated privacy, lawsuit says", "lawsuit", "regulatory.lawsuit", "proposed"),
        ("Jury finds that Lumora copied Quanto", "finds", "regulatory.ip_dispute", "enforced"),
        ("Lumora settles suit by its drivers", "settles", "regulatory.lawsuit", "enforced"),
        ("Judge dismisses suit against Lumora", "suit", "regulatory.lawsuit", "struck_down"),
        ("Agency sues Lumora over monopoly", "sues", "regulatory.antitrust", "proposed"),
        ("Quanto sues Lumora over monopoly, seeking damages", "sues", "regulatory.antitrust", "proposed"),
        ("Quanto sues US for refund of tariffs it paid", "tariffs", "regulatory.tariff", "proposed"),
        ("Quanto files antitrust complaints against Lumora", "antitrust", "regulatory.antitrust", "proposed"),
        ("US raises chip tariffs and EU follows suit", "raises", "regulatory.tariff", "adopted"),
        ("US imposes tariffs on chips despite lawsuits", "imposes", "regulatory.tariff", "adopted"),
        ("EU opens antitrust probe into Lumora after suit", "probe", "regulatory.antitrust", "enforced"),
        (
            "Lumora changes auctions to suit EU antitrust order",
            "antitrust",
            "regulatory.antitrust",
            "enforced",
        ),
        ("Judge rules in monopoly suit against Lumora", "monopoly", "regulatory.antitrust", "enforced"),
        ("Agency raids Lumora over monopoly", "raids", "regulatory.antitrust", "enforced"),
        ("Agency drops tariff lawsuit against Lumora", "tariff", "regulatory.tariff", "struck_down"),
        ("Regulator grants Lumora licence", "grants", "regulatory.approval", "adopted"),
        ("Regulator denied Lumora licence", "licence", "regulatory.approval", "struck_down"),
        ("Regulator to keep Glow One grounded", "grounded", "regulatory.approval", "struck_down"),
        ("Regulator suspends permit of Lumora", "permit", "regulatory.approval", "struck_down"),
    ],
)
def test_stage_by_type(sentence: str, trigger: str, event_type: str, wanted: str) -> None:
    """A suit is a claim until it is decided, and what is not granted does not hold."""
    assert wanted == axes.stage(sentence, span(sentence, trigger), event_type)


@pytest.mark.parametrize(
    ("sentence", "trigger", "event_type", "wanted"),
    [
        ("BIS adds 37 firms to Entity List", "Entity List", "regulatory.export_control", "announced"),
        ("Britain orders Lumora to build a backdoor", "orders", "regulatory.surveillance", "announced"),
        ("JFTC orders Lumora to stop tying", "stop", "regulatory.antitrust", "announced"),
        ("EU opens probe into Lumora", "probe", "regulatory.investigation", "announced"),
        ("AI rules take effect", "rules", "regulatory.platform_ai_rule", "effective"),
        ("EU to fine Lumora", "fine", "regulatory.fine", "scheduled"),
        ("Lumora to buy Quanto", "buy", "vendor.acquisition", "scheduled"),
        ("Chip maker Lumora to cut jobs", "cut", "vendor.layoffs", "scheduled"),
        ("Lumora group to buy Quanto", "buy", "vendor.acquisition", "scheduled"),
        ("US agencies to probe Lumora", "probe", "regulatory.investigation", "scheduled"),
        ("Lumora uses Glow 3 to create a robot", "robot", "vendor.product_launch", "announced"),
        ("Lumora agrees to buy Quanto", "buy", "vendor.acquisition", "announced"),
        ("Lumora axes 9,000 jobs", "axes", "vendor.layoffs", "announced"),
        ("Lumora axes plan for a plant", "plant", "vendor.expansion", "cancelled"),
        ("Lumora launches phone to rival Glow", "launches", "vendor.product_launch", "effective"),
    ],
)
def test_change_state_by_type(sentence: str, trigger: str, event_type: str, wanted: str) -> None:
    """Who orders and who opens a probe has acted; a bare infinitive in a headline is to come."""
    assert wanted == axes.change_state(sentence, span(sentence, trigger), event_type)


def test_vendor_events_have_no_stage() -> None:
    """Only what an authority does has a stage."""
    assert axes.stage("Lumora launches", (7, 15), "vendor.product_launch") is None


@pytest.mark.parametrize(
    ("title", "url", "wanted"),
    [
        ("Lumora launches the Glow 3", "", "news"),
        ("Glow 3 review: bright but dear", "", "review"),
        ("Hands-on with the Glow 3", "", "review"),
        ("The best phones for 2026", "", "roundup"),
        ("How to move your chats to a new phone", "", "how_to"),
        ("Get $300 off the Glow 3 today", "", "deal"),
        ("Lumora's Glow buds have dropped to $79 at Amazon", "", "deal"),
        ("The Glow 3 is the cheapest it's been since May", "", "deal"),
        ("Our favorite phone stand is on sale", "", "deal"),
        ("Lumora's spring sale ends tonight", "", "deal"),
        ("The Glow 3 is back in black", "https://example.org/gear/glow-3-deal-sale", "deal"),
        ("A phone for spring", "https://example.org/story/glow-3-deal-326/", "deal"),
        ("The Glow 3 goes on sale for $499 on Friday", "", "news"),
        ("Lumora cuts the Glow plan to $10 a month", "", "news"),
        ("The Glow plan is down to $5 a month", "", "news"),
        ("Shares of Lumora fall 20 percent off their high", "", "news"),
        ("Lumora puts a $20 billion deal on hold", "https://example.org/lumora-deal-on-the-line/", "news"),
        ("Take a first look at the Glow 4", "", "news"),
        ("You can now talk to your podcast app", "", "news"),
        ("Our weekly podcast: who needs folding phones?", "", "roundup"),
        ("Lumora says the dead zone is dead", "", "news"),
        ("Lumora's loss drops to $1.4 billion", "", "news"),
        ("Lumora's profit falls to $20bn after sale of Quanto", "", "news"),
        ("Lumora stock drops to $18", "", "news"),
        ("Lumora's chip sale cuts debt", "", "news"),
        ("Lumora has marked down its stake in Quanto", "", "news"),
        ("Lumora takes 15% off its store commission", "", "news"),
        ("Quanto wipes 17% off Lumora shares", "", "news"),
        ("Lumora buys the maker of a podcast", "", "news"),
        ("Lumora boss tells court: I don't recall", "", "news"),
        ("FTC says you should be able to cancel with a click", "", "news"),
        ("2027 Kestrel Volt is back, from $29,990", "", "news"),
        ("The 2026 Kestrel Leaf has a starting price of $29,990", "", "news"),
        ("Testing firm Quanto agrees to be bought by Lumora", "", "news"),
        ("Lumora takes the stage", "https://example.org/lumora-quanto-friday-deal/", "news"),
        ("Lumora takes the stage", "https://example.org/lumora-deals-under-scrutiny", "news"),
        ("Opinion: stop making phones bigger", "", "opinion"),
        ("Why Lumora is losing its users", "", "analysis"),
        ("Glow 3, a month later", "https://example.org/reviews/glow-3", "review"),
        ("Lumora signs chip deal with Quanto", "https://example.org/news/lumora-deal-2026", "news"),
    ],
)
def test_content_type(title: str, url: str, wanted: str) -> None:
    """The kind of text shows in title and address."""
    assert wanted == axes.content_type(title, url=url)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [x]\nb: [y]\n", "t.yaml:2: b: unknown key; known: a"),
        ("{}", "t.yaml:1: : 'a' is missing"),
        ("a: [x]\na: [y]\n", "t.yaml:2: 'a' stands on line 1 already"),
        ("- a\n", "t.yaml:1: must be a mapping"),
        ("a: [\n", "t.yaml:"),
    ],
)
def test_wrong_tables_are_named(text: str, message: str) -> None:
    """A wrong table is an error with file, line and key."""
    with pytest.raises(KnowledgeError) as caught:
        parse_table("t.yaml", text, ("a",))
    assert str(caught.value).startswith(message)


def test_wrong_cues_are_named() -> None:
    """A pattern that does not compile, a repeated one and a list that is none are errors with their line."""
    table = parse_table("t.yaml", "a:\n  - 'x'\n  - '('\nb: [y, y]\nc: 1\n", ("a", "b", "c"))
    for key, where in (("a", "t.yaml:3"), ("b", "t.yaml:4"), ("c", "t.yaml:5")):
        with pytest.raises(KnowledgeError) as caught:
            table.pattern(key)
        assert where == caught.value.where


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (lambda table: table.words("a"), "t.yaml:1: a: must be a string of words"),
        (lambda table: table.texts("b"), "t.yaml:3: b.y: must be a non-empty string"),
        (lambda table: table.texts("c"), "t.yaml:4: c: must be a mapping"),
        (lambda table: table.words("d"), "'d' is missing"),
    ],
)
def test_values_of_the_wrong_kind_are_named(read, message) -> None:
    """A number where words are due is an error, not a word."""
    table = parse_table("t.yaml", "a: 12\nb: {x: one,\n  y: 2}\nc: one two\n")
    with pytest.raises(KnowledgeError) as caught:
        read(table)
    assert message in str(caught.value)
    assert {"one", "two"} == table.words("c")


@pytest.mark.parametrize("text", ["? [a]\n: b", "a: 2021-02-30", "a: &x [*x]", "a: \x07"])
def test_what_is_no_plain_table_is_refused(text: str) -> None:
    """YAML that cannot be read as a table is an error of the knowledge, not a crash."""
    with pytest.raises(KnowledgeError, match=r"t\.yaml"):
        parse_table("t.yaml", text)
