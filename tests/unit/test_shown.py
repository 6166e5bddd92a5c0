"""What reaches the operator's terminal."""

import json

import pytest

from newsbeam.errors import LedgerError
from newsbeam.logs import complain, configure, to_people
from newsbeam.shown import escaped, harmless

STEERING = "a\x1b[31mb\x9b31mc\u202ed"


def test_what_steers_a_terminal_is_taken_out_of_text_and_escaped_in_json() -> None:
    """JSON stays the JSON that it was."""
    assert "a\ufffd[31mb\ufffd31mc\ufffdd" == harmless(STEERING)
    text = escaped(json.dumps({"words": STEERING}, ensure_ascii=False, indent=1))
    assert STEERING == json.loads(text)["words"]
    assert all(char.isprintable() or char == "\n" for char in text)


def test_an_error_keeps_its_place_and_advice_when_beam_makes_it_anew() -> None:
    """Beam adds the step to the first argument and passes the others on."""
    error = LedgerError("is full", where="the ledger", hint="make room")
    again = LedgerError(error.args[0] + " [while running 'Step']", *error.args[1:])
    assert "the ledger: is full [while running 'Step'] (make room)" == str(again)


@pytest.mark.parametrize("form", ["human", "json"])
def test_why_a_command_ends_is_said_in_the_form_of_the_log(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, without secrets."""
    configure(form)  # type: ignore[arg-type]
    complain("the ledger is held", "https://news.example/?token=abc is held")
    to_people()
    (line,) = capsys.readouterr().err.splitlines()
    words = "https://news.example/?token=*** is held"
    if form == "human":
        assert f"newsbeam: {words}" == line
    else:
        assert ("the ledger is held", words) == (json.loads(line)["event"], json.loads(line)["why"])
