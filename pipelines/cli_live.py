"""The part of the command line that watches live feeds: run, watch, feeds, dead-letters, runs."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from newsbeam import clock, logs
from newsbeam.clock import Clock, FixedClock
from newsbeam.config import Settings
from newsbeam.counts import parse_duration
from newsbeam.errors import UsageError
from newsbeam.ledger.settings import LedgerSettings
from newsbeam.yamlfile import in_words

# Commands import what they need when they run: `--help` need not wait for Beam.
# ruff: noqa: PLC0415

LEDGER_VARIABLE = "NEWSBEAM_LEDGER_URL"
"""Environment variable that names the ledger instead of monitor.yaml: its URL may hold a password."""

Commands = Any  # argparse keeps the type of add_subparsers() to itself
MakeCommand = Callable[[Any, str, str, str], argparse.ArgumentParser]
ReadSettings = Callable[[argparse.Namespace], Settings]


def add_live(commands: Commands, make: MakeCommand, settings: ReadSettings) -> None:
    """Add the commands; ``make`` makes one, ``settings`` reads monitor.yaml."""
    for add in (_add_run, _add_watch, _add_feeds, _add_dead_letters, _add_runs):
        add(commands, make, lambda args: _with_environment(settings(args)))


def _parent(commands: Commands, name: str, words: str, examples: str) -> Commands:
    """Add a command that has actions; return what they are added to."""
    parent = commands.add_parser(
        name,
        help=words,
        description=words[0].upper() + words[1:] + ".",
        epilog=f"examples:\n{examples}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return parent.add_subparsers(dest="action", required=True, metavar="ACTION")


def _with_environment(settings: Settings) -> Settings:
    url = os.environ.get(LEDGER_VARIABLE)
    if not url:
        return settings
    try:
        ledger = LedgerSettings(url=url, keep=settings.ledger.keep)
    except ValidationError as error:
        raise UsageError(in_words(error.errors()[0]), where=LEDGER_VARIABLE) from None
    return settings.model_copy(update={"ledger": ledger})


def _add_run(commands: Commands, make: MakeCommand, settings: ReadSettings) -> None:
    command = make(
        commands,
        "run",
        "do one pass: poll the feeds that are due, tell what is new, remember it",
        "  newsbeam run --config monitor.yaml\n  newsbeam run --config monitor.yaml --dry-run\n"
        "  newsbeam run --config monitor.yaml --feed 'Ars Technica' --ignore-schedule",
    )
    _pass_options(command)
    command.add_argument("--dry-run", action="store_true", help="show what a pass would tell; write nothing")
    command.add_argument("--now", help=argparse.SUPPRESS)

    def run(args: argparse.Namespace, beam_args: list[str]) -> int:
        from pipelines.run import run
        from pipelines.signals import ending_at_once

        logs.configure(args.log_format, verbose=args.verbose)
        with ending_at_once():
            return run(_request(args, settings(args), beam_args))

    command.set_defaults(run=run)


def _add_watch(commands: Commands, make: MakeCommand, settings: ReadSettings) -> None:
    command = make(
        commands,
        "watch",
        "do passes in a loop; SIGTERM finishes the current one, a second SIGTERM stops at once",
        "  newsbeam watch --config monitor.yaml --every 5m\n"
        "  newsbeam watch --config monitor.yaml --metrics-address 127.0.0.1:9464 --log-format json",
    )
    _pass_options(command)
    command.add_argument(
        "--every", default="5m", metavar="TIME", help="from the start of a pass to the next (default: 5m)"
    )
    command.add_argument(
        "--metrics-address", metavar="HOST:PORT", help="serve metrics for Prometheus over HTTP there"
    )

    def watch(args: argparse.Namespace, beam_args: list[str]) -> int:
        from pipelines.watch import watch

        logs.configure(args.log_format, verbose=args.verbose)
        every = _seconds(args.every)
        return watch(_request(args, settings(args), beam_args), every, _address(args.metrics_address))

    command.set_defaults(run=watch)


def _pass_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--feed",
        action="append",
        default=[],
        metavar="NAME",
        help="only this feed, by name, URL or id; may be repeated",
    )
    command.add_argument("--ignore-schedule", action="store_true", help="poll feeds before their time, too")
    command.add_argument(
        "--max-dead-letters",
        type=int,
        metavar="N",
        help="exit 1 with more dead letters than this (default: 0)",
    )
    command.add_argument(
        "--metrics-file", type=Path, metavar="FILE", help="write metrics there for the textfile collector"
    )
    _log_options(command)


def _log_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--log-format", choices=logs.FORMATS, default="human", help="lines on standard error (default: human)"
    )
    command.add_argument("--verbose", action="store_true", help="log feeds that had nothing new, too")


def _request(args: argparse.Namespace, settings: Settings, beam_args: list[str]) -> Any:
    from pipelines.request import Request

    return Request(
        settings=settings,
        clock=_clock(getattr(args, "now", None)),
        only=tuple(getattr(args, "feed", ())),
        force=getattr(args, "ignore_schedule", False),
        dry_run=getattr(args, "dry_run", False),
        metrics_file=getattr(args, "metrics_file", None),
        beam_args=tuple(beam_args),
    )


def _clock(now: str | None) -> Clock:
    if now is None:
        return clock.system_clock
    try:
        return FixedClock(clock.from_iso(now))
    except ValueError as error:
        raise UsageError(f"{now!r} is no ISO 8601 time", where="--now") from error


def _seconds(text: str) -> int:
    try:
        seconds = parse_duration(text)
    except ValueError as error:
        raise UsageError(str(error), where="--every") from error
    if seconds < 1:
        raise UsageError("must be at least 1s", where="--every")
    return seconds


def _address(text: str | None) -> tuple[str, int] | None:
    if text is None:
        return None
    host, _, port = text.rpartition(":")
    if not (host and port.isdigit() and int(port) < 65536):
        raise UsageError(f"{text!r} is no address such as 127.0.0.1:9464", where="--metrics-address")
    return host.strip("[]"), int(port)


def _add_feeds(commands: Commands, make: MakeCommand, settings: ReadSettings) -> None:
    kinds = _parent(
        commands,
        "feeds",
        "show the health of the feeds; import and export lists of feeds",
        "  newsbeam feeds status --config monitor.yaml\n"
        "  newsbeam feeds import subscriptions.opml --config monitor.yaml",
    )
    status = make(
        kinds,
        "status",
        "show state, last success, next poll, items a day and errors of each feed",
        "  newsbeam feeds status --config monitor.yaml\n  newsbeam feeds status --config monitor.yaml --json",
    )
    status.add_argument("--json", action="store_true", help="print JSON")
    status.set_defaults(run=lambda args, _: _feeds().status(settings(args), as_json=args.json))
    bring = make(
        kinds,
        "import",
        "add the feeds of an OPML file to monitor.yaml, or print them as YAML",
        "  newsbeam feeds import subscriptions.opml --config monitor.yaml\n"
        "  newsbeam feeds import subscriptions.opml",
    )
    bring.add_argument("opml", type=Path, metavar="OPML")
    bring.set_defaults(run=lambda args, _: _feeds().import_opml(args.opml, args.config))
    take = make(
        kinds,
        "export",
        "write the feeds of monitor.yaml as OPML",
        "  newsbeam feeds export --config monitor.yaml --output feeds.opml",
    )
    take.add_argument("--output", type=Path, metavar="FILE", help="where it goes (default: stdout)")
    take.set_defaults(run=lambda args, _: _feeds().export_opml(settings(args), args.output))


def _feeds() -> Any:
    from pipelines import feeds

    return feeds


def _add_dead_letters(commands: Commands, make: MakeCommand, settings: ReadSettings) -> None:
    kinds = _parent(
        commands,
        "dead-letters",
        "show what failed and why; try again",
        "  newsbeam dead-letters list --config monitor.yaml\n"
        "  newsbeam dead-letters show 3f2a --config monitor.yaml\n"
        "  newsbeam dead-letters retry --config monitor.yaml",
    )
    listing = make(
        kinds,
        "list",
        "list the dead letters that are open",
        "  newsbeam dead-letters list --config monitor.yaml",
    )
    listing.add_argument("--all", action="store_true", help="those that are resolved, too")
    listing.add_argument("--json", action="store_true", help="print JSON")

    def show_list(args: argparse.Namespace, _: list[str]) -> int:
        return int(_letters().show_list(settings(args).ledger.url, everything=args.all, as_json=args.json))

    listing.set_defaults(run=show_list)
    show = make(
        kinds,
        "show",
        "show one dead letter with its input",
        "  newsbeam dead-letters show 3f2a --config monitor.yaml",
    )
    show.add_argument("id", help="its id, or the beginning of it")
    show.add_argument("--json", action="store_true", help="print JSON")
    show.set_defaults(
        run=lambda args, _: _letters().show_one(settings(args).ledger.url, args.id, as_json=args.json)
    )
    again = make(
        kinds,
        "retry",
        "poll the feeds of dead letters again and say which came through",
        "  newsbeam dead-letters retry --config monitor.yaml\n"
        "  newsbeam dead-letters retry 3f2a 77c0 --config monitor.yaml",
    )
    again.add_argument("ids", nargs="*", metavar="ID", help="which (default: all that are open)")
    again.add_argument("--now", help=argparse.SUPPRESS)
    _log_options(again)

    def retry(args: argparse.Namespace, beam_args: list[str]) -> int:
        from pipelines.signals import ending_at_once

        logs.configure(args.log_format, verbose=args.verbose)
        with ending_at_once():
            return int(_letters().retry(_request(args, settings(args), beam_args), args.ids))

    again.set_defaults(run=retry)


def _letters() -> Any:
    from pipelines import dead_letters

    return dead_letters


def _add_runs(commands: Commands, make: MakeCommand, settings: ReadSettings) -> None:
    command = make(
        commands,
        "runs",
        "show what the last passes did",
        "  newsbeam runs --config monitor.yaml\n  newsbeam runs --config monitor.yaml --limit 3 --json",
    )
    command.add_argument("--limit", type=int, default=20, metavar="N", help="how many (default: 20)")
    command.add_argument("--json", action="store_true", help="print JSON")

    def runs(args: argparse.Namespace, _: list[str]) -> int:
        from pipelines.runs import show_runs

        return show_runs(settings(args), args.limit, args.json)

    command.set_defaults(run=runs)
