"""newsbeam under Airflow (2.4 or newer, or 3): one pass every five minutes, then a look at the feeds.

newsbeam lives in an environment of its own (NEWSBEAM_BIN): its dependencies need not agree with Airflow's.
"""

import os
from datetime import UTC, datetime, timedelta

from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator
except ImportError:  # Airflow 2
    from airflow.operators.bash import BashOperator

NEWSBEAM = os.environ.get("NEWSBEAM_BIN", "/opt/newsbeam/bin/newsbeam")
CONFIG = os.environ.get("NEWSBEAM_CONFIG", "/etc/newsbeam/monitor.yaml")

with DAG(
    dag_id="newsbeam",
    description="Vendor and regulatory events from technology news",
    schedule=timedelta(minutes=5),
    start_date=datetime(2024, 1, 1, tzinfo=UTC),
    catchup=False,  # a pass takes what is new now: there is nothing to make up for
    max_active_runs=1,
    default_args={"retries": 0, "execution_timeout": timedelta(minutes=30)},
    tags=["news"],
) as dag:
    # 3 means that another pass is at work: skipped. 1 means dead letters, which are kept for a person.
    run_pass = BashOperator(
        task_id="run",
        bash_command=(
            f"{NEWSBEAM} run --config {CONFIG} --log-format json; "
            "code=$?; [ $code -eq 1 ] && code=0; exit $code"
        ),
        skip_on_exit_code=3,
        append_env=True,
    )
    status = BashOperator(
        task_id="status",
        bash_command=f"{NEWSBEAM} feeds status --config {CONFIG}",
        append_env=True,
        trigger_rule="all_done",
    )
    run_pass >> status
