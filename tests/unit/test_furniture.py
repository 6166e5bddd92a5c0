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
