"""The examples under deploy/ hold before the tools they are written for, where those are installed."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.cli import _parser
from tests.conftest import ROOT

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
    """With the Python of NEWSBEAM_AIRFLOW_PYTHON: Airflow needs an environment of its own."""
    dag = DEPLOY / "airflow" / "newsbeam_dag.py"
    compile(dag.read_text(), dag.name, "exec")
    python = os.environ.get("NEWSBEAM_AIRFLOW_PYTHON")
    if python is None and importlib.util.find_spec("airflow") is None:
        pytest.skip("Airflow is not installed; name a Python that has it in NEWSBEAM_AIRFLOW_PYTHON")
    code = "import newsbeam_dag as n; print(n.dag.dag_id, sorted(t.task_id for t in n.dag.tasks))"
    environment = os.environ | {"PYTHONPATH": str(dag.parent), "AIRFLOW_HOME": str(tmp_path)}
    done = subprocess.run(
        [python or sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert "newsbeam ['run', 'status']" == done.stdout.strip().splitlines()[-1], done.stderr


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
