"""Site furniture goes, text stays."""

import pytest

from newsbeam.furniture import (
    is_author_box,
    is_firm_praise,
    is_furniture_line,
    is_promotion,
    strip_credits,
    strip_furniture,
)

TEXT = [
    "Lumora opened a plant in Ohio on Monday, its third outside Europe, and will hire 300 people.",
    "The plant makes lenses for phones. Its boss, Dana Whitlock, said demand was strong.",
    "Analysts had expected the plant a year earlier. The company did not say why it was late.",
    "Quanto, a rival, closed its own plant nearby last month.",
]


@pytest.mark.parametrize(
    "line",
    [
        "Let's block ads! (Why?)",
        "Link to original source",
        "Share article",
        "Share this story on Facebook",
        "Sponsored Links",
        "Advertisement",
        "(Image Credit: Lumora)",
        "Photo by Ann Doe",
        "Image: Lumora / Handout",
        "Ann Doe/SOPA Images via Getty Images",
        "3 min",
        "5 minute read",
        "May 9, 2021",
        "Updated 12 June 2024, 10:30 am",
        "2024-05-01",
        "By Ann Doe",
        "(Reporting by Ann Doe; Editing by Bob Roe)",
        "Back To List",
        "Read more",
        "Tags: phones, lenses",
        "Sign up for our weekly newsletter",
        "Get the latest stories delivered to your inbox",
        "This site uses Akismet to reduce spam. Learn how your comment data is processed.",
        "Your email address will not be published. Required fields are marked *",
        "© 2024 Lumora Media. All rights reserved.",
        "This post may contain affiliate links.",
        "Follow us on Twitter",
        "Facebook | Twitter | LinkedIn",
        "12 comments",
        "Update: The headline was corrected.",
        "Have a tip? Write to us.",
        "See also: Quanto recalls 2.8 million lenses",
        "SEE ALSO Quanto recalls 2.8 million lenses",
        "[Read more: Quanto buys Lumora]",
        "Also read: Quanto buys Lumora.",
        "Don’t miss: Quanto buys Lumora",
        "You might also like: Quanto buys Lumora",
        "Trending: Quanto buys Lumora",
        "Sponsored: Quanto saves you money",
        "Watch: Quanto shows its lens",
        "More on Quanto: how its lens came to be",
        "Read more about Quanto here.",
        "This story originally appeared in The Lens.",
        "Listen to the latest episode of our show",
        "A man walks past a shop of Lumora. (AP Photo/Ann Doe)",
        "Photograph: Ann Doe/Lumora",
        "You can follow her on Twitter.",
        "Follow Ann Doe on LinkedIn.",
        "Ann Doe, Senior Technology Reporter",
        "",
    ],
)
def test_furniture_lines(line: str) -> None:
    """Each of these lines is furniture wherever it stands."""
    assert is_furniture_line(line)


@pytest.mark.parametrize(
    "line",
    [
        *TEXT,
        "Lumora and Quanto",
        "More collaboration",
        "Who will use it?",
        "A new plant in Ohio",
        "The photo that Lumora published shows a lens.",
        "Share prices fell by 3 percent.",
        "By 2030, Lumora wants 10 plants.",
        "In May 2021 Lumora listed in Oslo.",
        "The company signed up 3 million users.",
        "Sources: two of them, said he.",
        "Related to this, the FTC said that it would look.",
        "More on that below.",
        "Listen, said Whitlock: we need lenses.",
        "Watch: the word is one that Lumora owns, and it has sued.",
        "More: that is what Quanto wants.",
        "See how Lumora makes lenses",
        "Sponsored posts must be marked.",
        "Lumora fell (as did Quanto, its rival).",
    ],
)
def test_text_lines(line: str) -> None:
    """Sentences and headings are not."""
    assert not is_furniture_line(line)


def test_byline_and_keywords_at_the_top() -> None:
    """A name beside a reading time and a list of keywords go; a name elsewhere stays."""
    top = ["Ann Doe", "2 min", "phones, lenses, Lumora, Ohio, plants, news"]
    assert TEXT == strip_furniture([*top, *TEXT])
    assert [*TEXT, "Ann Doe", "said so."] == strip_furniture([*TEXT, "Ann Doe", "said so."])


def test_repeated_teaser() -> None:
    """A paragraph that repeats the one before it, with an ellipsis or not, goes."""
    assert TEXT == strip_furniture([TEXT[0], TEXT[0].rstrip(".") + "...", *TEXT[1:]])


def test_comment_form_ends_the_text() -> None:
    """What follows the heading of the comments goes."""
    assert TEXT == strip_furniture([*TEXT, "Leave a Reply", "I love it", "So do I, says Bob", "Post comment"])


def test_a_mark_of_the_end_cannot_take_most_of_the_text() -> None:
    """A heading of comments before the text cuts nothing off."""
    assert TEXT[1:] == strip_furniture([TEXT[1], "Leave a comment", *TEXT[2:]])[:1] + TEXT[2:]


def test_box_of_other_stories() -> None:
    """The heading of a box and the headlines under it go, the text that follows stays."""
    box = ["Related stories", "Quanto buys Lumora for $3 billion", "Ten phones that glow"]
    assert TEXT == strip_furniture([*TEXT[:2], *box, *TEXT[2:]])


@pytest.mark.parametrize(
    "label",
    [
        "Trending",
        "TRENDING NOW",
        "Trending on Lens News",
        "See also:",
        "Read more",
        "Related",
        "— Related —",
        "### More on this story",
        "Most read",
        "Popular",
        "Recommended for you",
        "You might also like:",
        "Stories you may have missed",
        "Don't miss:",
        "Today's top stories",
        "Top 5 stories",
        "In case you missed it",
        "Watch:",
        "Listen now",
        "Further reading",
        "Sponsored stories",
    ],
)
def test_labels_of_boxes(label: str) -> None:
    """Each of these alone in a line opens a box, whatever its headlines look like."""
    box = [
        label,
        "Quanto buys Lumora",
        "- Lumora raises $40bn",
        "Will phones glow?",
        "Why Quanto's “Ray” failed",
    ]
    assert TEXT == strip_furniture([TEXT[0], *box, *TEXT[1:]])


@pytest.mark.parametrize(
    "line",
    [
        "More on that below",
        "Trending topics are chosen by Lumora.",
        "- Watch",
        "Top picks",
        "Popular lenses",
        "Watch",
    ],
)
def test_what_opens_no_box(line: str) -> None:
    """A heading of the text itself, an item of a list and a sentence take nothing with them."""
    assert "Three lenses that we like" in strip_furniture(
        [TEXT[0], line, "Three lenses that we like", *TEXT[1:]]
    )


@pytest.mark.parametrize("sentence", [*TEXT, "Whitlock said:", "“We sell lenses.”", "which it did not say"])
def test_a_box_ends_where_the_text_goes_on(sentence: str) -> None:
    """A sentence, or a part of one, is no headline."""
    assert [TEXT[0], sentence, "Lenses"] == strip_furniture(
        [TEXT[0], "Trending", "Ten lenses", sentence, "Lenses"]
    )


def test_metadata_at_the_end() -> None:
    """Labels with their values go where several stand together; one alone stays."""
    tail = ["Summary", "Category", "Talks", "Published", "Apr 10, 2024", "Author", "Team Lumora"]
    assert TEXT == strip_furniture([*TEXT, *tail])
    assert [*TEXT, "Location", "Ohio has many plants"] == strip_furniture(
        [*TEXT, "Location", "Ohio has many plants"]
    )


AUTHOR = (
    "Ann Doe is a reporter based in Oslo. She covers phones. Follow her on Twitter or via ann@example.org."
)
FIRM = (
    "Lumora Insight is a young research firm covering the lens market. We provide syndicated reports. "
    "Our workshops for companies are available on demand."
)
STUDY = (
    "The May 2024 Future Of Lenses Study, Lumora examines how consumers buy. "
    "The report is based on a survey of 900."
)


def test_boxes_at_the_end() -> None:
    """Boxes about author and firm and promoted studies go from the end."""
    assert is_author_box(AUTHOR)
    assert is_author_box("Ann Doe is a senior reporter covering lenses.")
    assert is_author_box("Ann Doe is an editor at Lens News.")
    assert not is_author_box("Ann Doe is a reporter who was arrested in Oslo on Monday.")
    assert is_firm_praise(FIRM)
    assert is_promotion(STUDY)
    assert TEXT == strip_furniture([*TEXT, STUDY])
    assert TEXT == strip_furniture([*TEXT, AUTHOR, FIRM, "Back to top"])


def test_the_same_words_in_the_text_stay() -> None:
    """A sentence about a reporter or a firm that is news is no box."""
    for sentence in (
        "Dana Whitlock is a former engineer who took over in May.",
        "Lumora is a maker of lenses, founded in 2010.",
        "The Ohio Report found that plants close early.",
    ):
        assert sentence in strip_furniture([TEXT[0], sentence, *TEXT[1:]])


def test_large_input_is_quick() -> None:
    """One line of megabytes and very many paragraphs are no trouble."""
    assert 1 == len(strip_furniture(["a, b " * 400_000]))
    assert 5000 == len(strip_furniture([f"Paragraph {n} says a thing about Ohio." for n in range(5000)]))


def test_captions_with_a_credit_go_from_the_paragraph_they_open() -> None:
    """The photographer's agency is no party to the news; the sentence after the caption stays."""
    kept = strip_furniture(
        [
            "Enlarge / A cable on a pole. (credit: Getty Images | A. Person) The FCC fined a small provider.",
            "More.",
        ]
    )
    assert ["The FCC fined a small provider.", "More."] == kept
    assert ["A tower (in Ohio) fell."] == strip_furniture(["A tower (in Ohio) fell. (Image credit: Reuters)"])
    assert "The FCC fined a provider." == strip_credits(
        "Enlarge / A cable. (credit: Getty) The FCC fined a provider."
    )


@pytest.mark.parametrize(
    "line",
    [
        "Copyright law does not protect AI output, a US judge ruled on Friday.",
        "Copyright holders sued Lumora on Monday over pirated books.",
        "Lumora may receive Commission approval for the deal by June.",
        "Related: Lumora will cut 5,000 jobs, it said on Monday.",
        "Lumora said it will buy Quanto for $2 billion (image: a data center).",
        "Lumora bought Quanto for Shutterstock",
    ],
)
def test_news_that_looks_like_furniture_stays(line: str) -> None:
    """A sentence that reports something is no notice, label or caption, whatever it begins or ends with."""
    assert not is_furniture_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "Copyright 2024 Lumora Media",
        "We may earn a commission from links on this page.",
        "This article may contain affiliate links, for which we receive commissions.",
        "Related: Lumora to cut 5,000 jobs",
        "The new plant near Oulu (image: Lumora)",
        "Jane Doe for Getty Images",
    ],
)
def test_notices_labels_and_captions_are_furniture(line: str) -> None:
    """Their news-like neighbours stay."""
    assert is_furniture_line(line)
