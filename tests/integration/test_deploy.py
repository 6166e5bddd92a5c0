"""The examples under deploy/ hold before the tools they are written for, where those are installed."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from newsbeam import clock
from pipelines.cli import _parser
from tests.conftest import ROOT
from tests.integration import airflow
from tests.integration.captures import FeedServer, captures, serving

DEPLOY = ROOT / "deploy"


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    """``systemd-analyze verify``, with a program that is there in the place of /opt/newsbeam."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    units = []
    for unit in sorted((DEPLOY / "systemd").iterdir()):
        text = unit.read_text().replace("/opt/newsbeam/bin/newsbeam", sys.executable)
        (tmp_path / unit.name).write_text(text)
        units.append(str(tmp_path / unit.name))
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr)


def test_the_cron_line_is_one_cron_understands() -> None:
    """Five fields, a user, a command; no percent sign, which cron takes for a line break."""
    lines = (DEPLOY / "cron" / "newsbeam").read_text().splitlines()
    (job,) = [line for line in lines if line and not line.startswith("#") and not re.match(r"[A-Z]+=", line)]
    assert re.match(r"\*/5 \* \* \* \* newsbeam newsbeam run ", job)
    assert "%" not in job
    command = job.split(" ", 6)[6]
    assert 0 == subprocess.run(["sh", "-n", "-c", command], check=False).returncode


def test_kubernetes_accepts_the_manifests() -> None:
    """Against the API's own schemas, strictly; without them, at least the fields that matter."""
    path = DEPLOY / "kubernetes" / "newsbeam.yaml"
    documents: list[Any] = list(yaml.safe_load_all(path.read_text()))
    assert ["Secret", "ConfigMap", "CronJob"] == [document["kind"] for document in documents]
    job = documents[2]["spec"]
    assert "Forbid" == job["concurrencyPolicy"]
    tool = Path(sys.executable).with_name("kubernetes-validate")
    if not tool.exists():
        pytest.skip("kubernetes-validate, which brings the schemas, is not installed")
    done = subprocess.run([tool, "--strict", path], capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr


def test_airflow_imports_the_dag(tmp_path: Path) -> None:
    """Without an error, with its tasks in order, and with no run to make up for."""
    dag = DEPLOY / "airflow" / "newsbeam_dag.py"
    compile(dag.read_text(), dag.name, "exec")
    try:
        python = airflow.python()
    except airflow.NoAirflowError as reason:
        pytest.skip(f"no Airflow to test with: {reason}")
    code = (
        "import newsbeam_dag as n; "
        "print(n.dag.dag_id, {t.task_id: sorted(t.downstream_task_ids) for t in n.dag.tasks}, n.dag.catchup)"
    )
    environment = os.environ | {"PYTHONPATH": str(dag.parent), "AIRFLOW_HOME": str(tmp_path)}
    done = subprocess.run([python, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    assert "newsbeam {'run': ['status'], 'status': []} False" == done.stdout.strip().splitlines()[-1]


def test_the_cron_line_does_its_passes_with_the_environment_that_cron_gives(tmp_path: Path) -> None:
    """Two a minute apart, as ``sh -c`` with next to no variables: the second tells nothing new, no mail."""
    lines = (DEPLOY / "cron" / "newsbeam").read_text().splitlines()
    command = next(line for line in lines if line.startswith("*/5")).split(" ", 6)[6]
    for theirs, ours in (
        ("/etc/newsbeam", str(tmp_path)),
        ("/var/lib/node_exporter", str(tmp_path)),
        ("/var/log/newsbeam", str(tmp_path)),
    ):
        command = command.replace(theirs, ours)
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "SHELL": "/bin/sh",
    }
    with serving(FeedServer()) as server:
        server.capture = captures()[0]
        (tmp_path / "monitor.yaml").write_text(
            f"feeds: [{{url: '{server.url}', name: Ars, full_text: never, least_interval: 30s}}]\n"
            "http: {allow_private: [127.0.0.1]}\n"
            f"ledger: {{url: 'sqlite:///{tmp_path}/ledger.sqlite3'}}\n"
            f"sinks: [{{type: console}}, {{type: jsonl, options: {{folder: '{tmp_path}/out'}}}}]\n"
        )
        told = []
        for seconds in (0, 60):
            now = clock.to_iso(server.capture.at + timedelta(seconds=seconds))
            injected = command.replace("newsbeam run ", f"newsbeam run --now {now} ", 1)
            done = subprocess.run(
                ["/bin/sh", "-c", injected],
                env=environment,
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
            )
            assert (0, "", "") == (done.returncode, done.stdout, done.stderr)
            told.append((tmp_path / "out" / "alerts.jsonl").read_text())
    assert {200: 1, 304: 1} == server.answered
    assert told[0] == told[1] != ""
    logged = [json.loads(line) for line in (tmp_path / "run.log").read_text().splitlines()]
    ended = [line for line in logged if line["event"] == "run finished"]
    assert [(0, 20), (0, None)] == [(line["exit"], line.get("items_read")) for line in ended]
    assert "newsbeam_passes_total 2.0" in (tmp_path / "newsbeam.prom").read_text()


@pytest.mark.parametrize(
    "path", sorted(str(p.relative_to(ROOT)) for p in DEPLOY.rglob("*") if p.is_file() and p.suffix != ".pyc")
)
def test_the_commands_in_the_examples_exist(path: str) -> None:
    """Each ``newsbeam …`` parses, option by option."""
    text = (ROOT / path).read_text().replace("{NEWSBEAM}", "newsbeam").replace("{CONFIG}", "monitor.yaml")
    for words in re.findall(
        r"(?<![/\w.-])(?:/opt/newsbeam/bin/)?newsbeam ((?:run|watch|feeds)[^;\"'|>\n]*)", text
    ):
        args = words.split()
        assert _parser().parse_args(args).command == args[0]
