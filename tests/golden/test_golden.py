"""The seeds give exactly what seeds/expected/ holds, on every local runner, every time."""

from pathlib import Path

import pytest

from pipelines.cli import main
from pipelines.replay import FILES
from tests.golden.regenerate import EXPECTED

RUNNERS = {
    "FnApiRunner": [],
    "DirectRunner": ["--", "--runner=DirectRunner"],
    "portable": ["--", "--runner=PortableRunner", "--job_endpoint=embed", "--environment_type=LOOPBACK"],
}


@pytest.mark.parametrize("runner", RUNNERS)
def test_a_replay_gives_the_golden_files(tmp_path: Path, runner: str) -> None:
    """Alerts, events, counts and dead letters, byte for byte."""
    assert 0 == main(["replay", "--out", str(tmp_path / "out"), *RUNNERS[runner]])
    for name in FILES:
        expected = (EXPECTED / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        actual = (tmp_path / "out" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        assert expected == actual, (
            f"{name}.jsonl differs: if that is wanted, run `make goldens` and read the diff"
        )


def test_no_runner_is_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A local run opens no connection but to this machine."""
    import socket

    asked: list[str] = []
    real = socket.getaddrinfo

    def watch(host: object, *rest: object, **named: object) -> object:
        asked.append(str(host))
        return real(host, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", watch)
    assert 0 == main(["replay", "--out", str(tmp_path / "out")])
    assert set() == set(asked) - {"localhost", "127.0.0.1", "::1", "None", "b'localhost'"}
