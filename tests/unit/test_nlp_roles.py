"""Who acts on whom: the roles of the vendors that take part, in headlines of our own."""

import pytest

from newsbeam.errors import KnowledgeError
from newsbeam.knowledge.tables import parse_table
from newsbeam.nlp import load, make_doc
from newsbeam.nlp.features import read
from newsbeam.nlp.roles import assign_roles, candidates, check_role_cues, load_role_cues
from newsbeam.nlp.triggers import best_match, find_trigger
from newsbeam.taxonomy import TYPES


@pytest.fixture(scope="module")
def nlp():
    return load()


@pytest.mark.parametrize(
    ("event_type", "title", "expected"),
    [
        ("vendor.security_incident", "Hackers breach payroll provider Wagely", "wagely=target"),
        ("vendor.security_incident", "Critical flaw in Cisco ASA exploited", "cisco=target"),
        ("regulatory.ip_dispute", "New York Times sues OpenAI for copyright", "openai=target"),
        ("regulatory.ip_dispute", "Apple sues Oppo over trade secrets", "apple=actor oppo=target"),
        (
            "regulatory.ip_dispute",
            "Getty Images loses copyright case against Stability AI",
            "getty-images=actor stability-ai=target",
        ),
        (
            "vendor.security_incident",
            "Claude Opus 4.6 identifies 14 Firefox vulnerabilities",
            "anthropic=actor mozilla=target",
        ),
        ("regulatory.fine", "EU fines Meta over ads", "meta=target"),
        ("regulatory.fine", "Meta fined by EU over ads", "meta=target"),
        ("regulatory.fine", "Google must pay a €2.4 billion fine, EU court rules", "google=target"),
        ("vendor.acquisition", "Adobe to buy Figma for $20 billion", "adobe=actor figma=target"),
        ("vendor.acquisition", "Figma to be bought by Adobe for $20 billion", "adobe=actor figma=target"),
        ("vendor.acquisition", "Slack acquired by Salesforce", "slack=target salesforce=actor"),
        ("vendor.acquisition", "Salesforce snaps up Slack", "slack=target salesforce=actor"),
        ("vendor.acquisition", "Qualcomm rejects Broadcom's bid", "qualcomm=target broadcom=actor"),
        ("vendor.acquisition", "SoftBank to sell Arm to Nvidia", "nvidia=actor arm=target softbank=target"),
        ("vendor.acquisition", "Adobe's purchase of Figma is complete", "adobe=actor figma=target"),
        ("vendor.acquisition", "The acquisition of Figma by Adobe is complete", "adobe=actor figma=target"),
        ("vendor.acquisition", "Figma agrees to $20 billion takeover by Adobe", "adobe=actor figma=target"),
        ("vendor.acquisition", "Broadcom makes an offer for Qualcomm", "broadcom=actor qualcomm=target"),
        ("vendor.divestiture", "Intel sells NAND unit to SK Hynix", "intel=actor sk-hynix=target"),
        ("vendor.divestiture", "Qualtrics spun off by SAP", "qualtrics=target sap=actor"),
        ("vendor.investment", "Nvidia invests $2 billion in Synopsys", "nvidia=actor synopsys=target"),
        ("vendor.investment", "Synopsys gets $2 billion from Nvidia", "nvidia=actor synopsys=target"),
        (
            "vendor.investment",
            "Anthropic backed by Amazon with another $4 billion",
            "amazon=actor anthropic=target",
        ),
        ("vendor.funding", "Mistral raises €600 million from Nvidia", "mistral=actor nvidia=party"),
        ("vendor.funding", "Nvidia leads $600 million round in Mistral", "mistral=target nvidia=actor"),
        ("vendor.funding", "Mistral raises €600 million led by Nvidia", "mistral=actor nvidia=party"),
        ("vendor.funding", "Databricks is valued at $62 billion", "databricks=actor"),
        ("vendor.contract", "Pentagon awards contract to Palantir", "palantir=target"),
        ("vendor.contract", "Palantir wins contract from Airbus", "palantir=actor airbus=target"),
        (
            "vendor.contract",
            "Palantir awarded $100 million contract by Airbus",
            "palantir=target airbus=actor",
        ),
        ("vendor.contract", "Airbus picks Palantir for data platform", "airbus=actor palantir=target"),
        ("vendor.contract", "TSMC gets $5 billion order from Apple", "tsmc=actor apple=target"),
        ("vendor.contract", "SpaceX wins NASA contract", "spacex=actor"),
        (
            "vendor.market_share",
            "Xiaomi overtakes Apple in smartphone shipments",
            "xiaomi=actor apple=target",
        ),
        (
            "vendor.market_share",
            "Apple overtaken by Xiaomi in smartphone shipments",
            "xiaomi=actor apple=target",
        ),
        ("vendor.market_share", "Intel loses ground to AMD in servers", "intel=target amd=actor"),
        (
            "vendor.market_share",
            "Shipments of tablets grew, led by Apple and Samsung",
            "apple=actor samsung=actor",
        ),
        ("vendor.layoffs", "Layoffs at Salesforce hit 1,000", "salesforce=actor"),
        ("vendor.layoffs", "Microsoft cuts 6,000 jobs", "microsoft=actor"),
        ("vendor.product_launch", "OpenAI launches GPT-6", "openai=actor"),
        ("vendor.pricing", "Netflix raises prices", "netflix=actor"),
        ("vendor.partnership", "Spotify teams up with OpenAI", "spotify=party openai=party"),
        ("vendor.executive_change", "Meta poaches Apple's head of AI models", "meta=actor apple=target"),
        ("vendor.executive_change", "Apple design chief leaves for OpenAI", "apple=target openai=actor"),
        ("vendor.executive_change", "Intel names Lip-Bu Tan CEO", "intel=actor"),
        (
            "vendor.product_withdrawal",
            "Apple removes WeChat from the App Store in India",
            "apple=actor tencent=target",
        ),
        ("vendor.product_withdrawal", "Sonos pulls its headphones", "sonos=actor"),
        (
            "vendor.security_incident",
            "Google finds zero-day in Samsung phones",
            "google=actor samsung=target",
        ),
        ("vendor.security_incident", "Microsoft warns of exploited SharePoint flaw", "microsoft=target"),
        ("vendor.security_incident", "Okta discloses breach of support system", "okta=target"),
        ("vendor.security_incident", "Flaw in Cisco routers found by Mandiant", "cisco=target"),
        (
            "vendor.security_incident",
            "Samsung bug discovered by Google exposes phones",
            "samsung=target google=actor",
        ),
        ("vendor.security_incident", "T-Mobile hacked again", "t-mobile=target"),
        ("vendor.supply_disruption", "AWS outage takes down Snapchat", "amazon=actor snap=target"),
        ("vendor.supply_disruption", "Outage hits Cloudflare", "cloudflare=target"),
        ("vendor.supply_disruption", "Toyota halts production after chip shortage", "toyota=actor"),
        ("vendor.insolvency", "Northvolt files for bankruptcy", "northvolt=actor"),
        ("vendor.insolvency", "Court declares Northvolt bankrupt", "northvolt=target"),
        ("regulatory.investigation", "Tesla investigated over Autopilot crashes", "tesla=target"),
        ("regulatory.investigation", "EU opens probe into Temu", "pinduoduo=target"),
        ("regulatory.investigation", "US probe of Nvidia widens", "nvidia=target"),
        ("regulatory.lawsuit", "Lawsuit against Roblox filed by parents", "roblox=target"),
        ("regulatory.lawsuit", "X sues Media Matters and IBM over ads", "ibm=target"),
        ("regulatory.lawsuit", "Judge tosses Twitter's lawsuit against IBM", "ibm=target"),
        (
            "regulatory.lawsuit",
            "Amazon sued by Perplexity over shopping agent",
            "amazon=target perplexity=actor",
        ),
        (
            "regulatory.lawsuit",
            "Perplexity sued by Amazon over shopping agent",
            "amazon=actor perplexity=target",
        ),
        ("regulatory.lawsuit", "Roblox sued over child safety", "roblox=target"),
        ("regulatory.lawsuit", "Perplexity hit with lawsuit from Amazon", "perplexity=target amazon=actor"),
        ("regulatory.lawsuit", "Meta appeals ruling in FTC case", "meta=target"),
        ("regulatory.antitrust", "Google loses appeal against EU fine", "google=target"),
        ("regulatory.lawsuit", "Senator picks fight with Roblox, accusing it of bias", "roblox=target"),
        ("regulatory.ip_dispute", "Nintendo goes after Discord servers", "nintendo=actor discord=target"),
        (
            "regulatory.ip_dispute",
            "Disney says Midjourney copied its films",
            "disney=actor midjourney=target",
        ),
        (
            "regulatory.product_ban",
            "WeChat and TikTok were removed from app stores by Apple",
            "tencent=target tiktok=target apple=actor",
        ),
        (
            "regulatory.ip_dispute",
            "Netlist wins $303 million verdict against Samsung",
            "netlist=actor samsung=target",
        ),
        (
            "regulatory.ip_dispute",
            "Samsung must pay Netlist $303 million for patents",
            "samsung=target netlist=actor",
        ),
        ("regulatory.ip_dispute", "Jury finds Apple infringed Masimo patents", "apple=target masimo=actor"),
        (
            "regulatory.ip_dispute",
            "Oppo accused of stealing Apple's trade secrets",
            "oppo=target apple=actor",
        ),
        ("regulatory.ip_dispute", "Oppo sued by Apple", "oppo=target apple=actor"),
        ("regulatory.ip_dispute", "Apple settles with Masimo over patents", "apple=target masimo=actor"),
        (
            "regulatory.antitrust",
            "Epic Games sues Apple and Google over app stores",
            "epic-games=actor apple=target google=target",
        ),
        ("regulatory.antitrust", "Epic v. Apple: judge rules", "apple=target"),
        ("regulatory.antitrust", "Google faces antitrust case in Japan", "google=target"),
        ("regulatory.antitrust", "Microsoft hit by EU complaint from Slack", "microsoft=target slack=actor"),
        (
            "regulatory.merger_review",
            "EU clears Microsoft's purchase of Activision",
            "microsoft=target activision-blizzard=target",
        ),
        ("regulatory.product_ban", "Italy bans DeepSeek", "deepseek=target"),
        ("regulatory.product_ban", "Ban on TikTok upheld", "tiktok=target"),
        ("regulatory.product_ban", "Microsoft bans DeepSeek for staff", "microsoft=actor deepseek=target"),
        ("regulatory.export_control", "US tightens export rules on Nvidia chips", "nvidia=target"),
        ("regulatory.subsidy", "Intel gets $8.5 billion from the Chips Act", "intel=target"),
        ("regulatory.export_control", "Huawei sues US over entity list", "huawei=actor"),
        (
            "vendor.acquisition",
            "Workday buys AI startup Sana; Oracle also bid",
            "workday=actor sana=target oracle=actor",
        ),
        ("vendor.acquisition", "Figma accepts Adobe's offer", "figma=target adobe=actor"),
        ("vendor.earnings", "Nvidia beats estimates", "nvidia=actor"),
        ("regulatory.product_ban", "China orders Apple to remove WeChat", "apple=target"),
        ("regulatory.ip_dispute", "Switch modder owes Nintendo $2 million", "nintendo=actor"),
        ("regulatory.platform_ai_rule", "White House pressures Facebook to remove a group", "meta=target"),
    ],
)
def test_who_acts_on_whom(nlp, event_type, title, expected):
    """By cue and voice where the headline has one, else by type."""
    reading = read(make_doc(nlp, title), nlp.get_pipe("newsbeam_events").book)
    trigger = find_trigger(reading, best_match(reading, event_type), ())
    roles = assign_roles(event_type, candidates(reading), trigger.start)
    found = {role.id.lstrip("~"): role.role for role in roles}
    assert expected.split() == [f"{name}={found.get(name)}" for name in _names(expected)]


def _names(expected):
    return [pair.partition("=")[0] for pair in expected.split()]


@pytest.mark.parametrize(
    ("title", "vendors"),
    [
        ("Crunchyroll, the Netflix of anime, raises its price", {"crunchyroll"}),
        ("Baidu, known as the Google of China, opens a lab", {"baidu"}),
        ("The Netflix price rise of 2026 is here", {"netflix"}),
        ("Google of all companies drops its browser plan", {"google"}),
    ],
)
def test_what_a_vendor_is_likened_to_takes_no_part(nlp, title, vendors):
    reading = read(make_doc(nlp, title), nlp.get_pipe("newsbeam_events").book)
    assert vendors == {candidate.vendor_id for candidate in candidates(reading)}


@pytest.mark.parametrize("event_type", TYPES)
def test_every_type_has_a_role_where_no_cue_speaks(nlp, event_type):
    """Who is named alone, with no word beside it, acts, is acted on or stands beside others."""
    reading = read(make_doc(nlp, "Zalando"), nlp.get_pipe("newsbeam_events").book)
    roles = [role.role for role in assign_roles(event_type, candidates(reading), 0)]
    assert roles in (["actor"], ["target"], ["party"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("default: {vendor: boss, regulatory: target}\nheard: {}\ncues: {}", "'boss' is none of"),
        ("default: {vendor: actor}\nheard: {}\ncues: {}", "'regulatory' is missing"),
        ("default: {vendor: actor, regulatory: target}\nheard: {vendor.lunch: []}\ncues: {}", "unknown key"),
        (
            "default: {vendor: actor, regulatory: target}\nheard: {vendor.funding: [round]}\ncues: {}",
            "'round' is none of",
        ),
        (
            "default: {vendor: actor, regulatory: target}\nheard: {}\ncues: {round: {acts: ['(']}}",
            "not a regular expression",
        ),
        (
            "default: {vendor: actor, regulatory: target}\nheard: {}\ncues: {round: {sings: ['a']}}",
            "unknown key",
        ),
    ],
)
def test_a_fault_in_the_cues_is_named(text, words):
    """With file and line, when they are first needed."""
    with pytest.raises(KnowledgeError, match=words):
        check_role_cues(parse_table("roles.yaml", text, ("default", "heard", "cues")))


def test_the_shipped_cues_are_sound():
    """Each group is heard for some type."""
    table = load_role_cues()
    heard = {group for kind in table.mapping("heard") for group in table.strings("heard", kind)}
    assert heard == set(table.mapping("cues"))
