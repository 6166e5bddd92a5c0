"""The command line.

Exit codes: 0 all well; 1 ran, with more dead letters than allowed; 2 wrong use or configuration;
3 another pass holds the ledger; 4 the ledger cannot be used; 5 a pass broke off.
"""

import argparse
import logging
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from newsbeam import logs
from newsbeam.config import Settings, load_settings
from newsbeam.errors import LedgerError, LedgerHeldError, UsageError
from pipelines import exit_codes
from pipelines.cli_live import add_live

TAKE_BEAM_OPTIONS = ("replay", "run", "watch")
DEFAULT_OUT = Path("out")

# Commands import what they need when they run: `--help` and `detect` need not wait for Beam.
# ruff: noqa: PLC0415


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that ``argv`` names and return its exit code."""
    # Beam warns at import of cloud clients that we do not use; errors still show.
    logging.basicConfig(level=logging.ERROR)
    logs.to_people()
    given = list(sys.argv[1:] if argv is None else argv)
    given, beam_args = _split(given)
    parser = _parser()
    args = parser.parse_args(given)
    if beam_args and args.command not in TAKE_BEAM_OPTIONS:
        parser.error(f"{args.command} takes no Beam options after --")
    try:
        return int(args.run(args, beam_args))
    except (UsageError, LedgerError) as error:
        event, code = _ending(error)
        logs.complain(event, str(error))
        return code
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has left: nothing more to say
        return 0
    except KeyboardInterrupt:
        logs.complain("interrupted", "interrupted")
        return 130
    except Exception as error:
        if getattr(args, "verbose", False):
            raise
        # Beam carries the error of a step as text, with its traceback before the last line.
        last = (str(error).strip().splitlines() or [type(error).__name__])[-1]
        logs.complain("broke off", f"broke off: {last}")
        return exit_codes.FAILED


def _ending(error: UsageError | LedgerError) -> tuple[str, int]:
    """Return what the log calls ``error`` and its exit code."""
    if isinstance(error, UsageError):
        return "wrong use or configuration", exit_codes.USAGE
    if isinstance(error, LedgerHeldError):
        return "the ledger is held", exit_codes.HELD
    return "the ledger cannot be used", exit_codes.LEDGER


def _split(given: list[str]) -> tuple[list[str], list[str]]:
    """Return our arguments and Beam's, which stand after ``--``."""
    if "--" not in given:
        return given, []
    at = given.index("--")
    return given[:at], given[at + 1 :]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="newsbeam",
        description="Vendor and regulatory events from technology news, as alerts and counts.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="examples:\n  newsbeam replay\n  newsbeam detect items.jsonl --output events.jsonl\n"
        "  newsbeam explain article.txt\n\nexit codes: 0 all well, 1 ran, too many dead letters, "
        "2 wrong use or configuration,\n"
        "  3 another pass holds the ledger, 4 the ledger cannot be used, 5 a pass broke off",
    )
    parser.add_argument("--version", action="version", version=f"newsbeam {version('newsbeam')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in (_add_replay, _add_detect, _add_explain, _add_check, _add_eval):
        add(commands)
    add_live(commands, _command, _settings)
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, words: str, examples: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name,
        help=words,
        description=words[0].upper() + words[1:] + ".",
        epilog=f"examples:\n{examples}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("--config", type=Path, metavar="FILE", help="monitor.yaml (default: built in)")
    return command


def _add_replay(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = _command(
        commands,
        "replay",
        "turn a folder of documents into alerts, events, counts and dead letters",
        "  newsbeam replay\n  newsbeam replay my-articles --out result\n"
        "  newsbeam replay --overwrite -- --runner=DirectRunner",
    )
    command.add_argument("folder", nargs="?", type=Path, help="documents to read (default: the seeds)")
    command.add_argument(
        "--out", type=Path, default=DEFAULT_OUT, metavar="DIR", help="for the files (default: out)"
    )
    command.add_argument("--overwrite", action="store_true", help="replace the files of an earlier run")
    command.add_argument(
        "--max-dead-letters",
        type=int,
        metavar="N",
        help="exit 1 with more dead letters than this (default: 0)",
    )
    command.set_defaults(run=_replay)


def _replay(args: argparse.Namespace, beam_args: list[str]) -> int:
    import seeds
    from pipelines.replay import replay

    folder = args.folder or Path(seeds.__file__).parent
    return replay(folder, args.out, args.overwrite, _settings(args), beam_args)


def _add_detect(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = _command(
        commands,
        "detect",
        "read items as JSON Lines, write the events of each as one line",
        "  newsbeam detect items.jsonl --output events.jsonl\n"
        """  echo '{"id": 1, "title": "Xiaomi buys a robot maker"}' | newsbeam detect -""",
    )
    command.add_argument(
        "input", help="JSON Lines of {id, title, summary?, text?, url?, published?}; - for stdin"
    )
    command.add_argument("--output", type=Path, metavar="FILE", help="where the lines go (default: stdout)")
    command.add_argument(
        "--max-dead-letters", type=int, metavar="N", help="exit 1 with more bad lines than this (default: 0)"
    )
    command.set_defaults(run=_detect)


def _detect(args: argparse.Namespace, _: list[str]) -> int:
    from pipelines.detect import detect

    return detect(None if args.input == "-" else Path(args.input), args.output, _settings(args))


def _add_explain(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = _command(
        commands,
        "explain",
        "show one article as understood: vendors, events, the rules behind them, the policy's word",
        "  newsbeam explain article.txt\n  newsbeam explain page.html --expect vendor.acquisition\n"
        "  newsbeam explain items.jsonl --item 17\n  newsbeam explain --url https://example.com/story",
    )
    where = command.add_mutually_exclusive_group(required=True)
    where.add_argument("file", nargs="?", help=".txt or .html; - for stdin")
    where.add_argument("--url", help="a page to fetch")
    command.add_argument("--item", metavar="ID", help="explain this item of a file that detect reads")
    command.add_argument("--expect", metavar="TYPE", help="say what was missing for this event type")
    command.add_argument("--published", metavar="DATE", help="the article's date, to resolve dates in it")
    command.set_defaults(run=_explain)


def _explain(args: argparse.Namespace, _: list[str]) -> int:
    from pipelines.explain import Origin, explain

    origin = Origin(args.file, args.item, args.url)
    return explain(origin, args.expect, args.published, _settings(args))


def _add_check(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = _command(
        commands,
        "check",
        "validate the configuration and the knowledge",
        "  newsbeam check\n  newsbeam check --config monitor.yaml\n  newsbeam check --vendor Redmi",
    )
    command.add_argument("--vendor", metavar="NAME", help="print the catalogue id that NAME stands for")
    command.set_defaults(run=_check)


def _check(args: argparse.Namespace, _: list[str]) -> int:
    from pipelines.check import check

    return check(args.config, args.vendor)


def _add_eval(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = _command(
        commands,
        "eval",
        "measure detection against labelled items",
        "  newsbeam eval labelled.jsonl\n  newsbeam eval labelled.jsonl --errors --json",
    )
    command.add_argument("labelled", type=Path, metavar="LABELLED", help="JSON Lines of labelled items")
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command.add_argument("--errors", action="store_true", help="list each wrong item with evidence and rule")
    command.set_defaults(run=_eval)


def _eval(args: argparse.Namespace, _: list[str]) -> int:
    from pipelines.evaluate import evaluate

    return evaluate(args.labelled, args.json, args.errors, _settings(args))


def _settings(args: argparse.Namespace) -> Settings:
    settings = load_settings(args.config)
    limit = getattr(args, "max_dead_letters", None)
    return settings if limit is None else settings.model_copy(update={"max_dead_letters": limit})


if __name__ == "__main__":
    sys.exit(main())
