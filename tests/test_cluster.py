"A sweep on a cluster of this machine: a scheduler and three workers that talk by TLS, killed while they work."

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import start, wait_for

import lorasent.processes

pytestmark = [pytest.mark.train, pytest.mark.xdist_group("cluster")]
OPENSSL = shutil.which("openssl")


@pytest.fixture
def certificate(tmp_path) -> dict[str, str]:
    "A certificate that signs itself, as Dask's settings name it."
    command = [OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=lorasent"]
    files = ["-keyout", tmp_path / "key.pem", "-out", tmp_path / "certificate.pem"]
    subprocess.run([*command, *files], check=True, capture_output=True)
    facts = {"CA_FILE": tmp_path / "certificate.pem"}
    for who in ("CLIENT", "SCHEDULER", "WORKER"):
        facts |= {f"{who}__CERT": tmp_path / "certificate.pem", f"{who}__KEY": tmp_path / "key.pem"}
    return {f"DASK_DISTRIBUTED__COMM__TLS__{name}": str(path) for name, path in facts.items()}


class Cluster:
    "Processes of Dask's, each of which can be killed."

    def __init__(self, cwd: Path, environment: dict[str, str]):
        self.cwd, self.environment, self.workers = cwd, os.environ | environment | dict(OMP_NUM_THREADS="1"), []
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]
        self.begin()

    def _call(self, what: str, *arguments) -> subprocess.Popen:
        log = open(self.cwd / f"{what}.log", "a")  # noqa: SIM115  the process has it
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *arguments, "--no-dashboard"]
        return lorasent.processes._launch(command, cwd=self.cwd, stdout=log, stderr=log, env=self.environment)

    def begin(self):
        self.scheduler = self._call("scheduler", "--protocol", "tls", "--host", "127.0.0.1", "--port", str(self.port))
        flags = ["--nthreads", "1", "--no-nanny", "--local-directory", str(self.cwd / "scratch")]
        self.workers = [self._call("worker", f"tls://127.0.0.1:{self.port}", *flags) for _ in range(3)]

    def end(self):
        for process in (self.scheduler, *self.workers):
            process.kill()
            process.wait()


@pytest.mark.skipif(OPENSSL is None, reason="no openssl on this machine to make a certificate with")
def test_a_killed_worker_and_a_new_scheduler_cost_nothing(dozen, tmp_path, certificate):
    facts = dict(set=dict(dataset=str(dozen), method="tfidf", baselines="none"), grid=dict(split_seed=list(range(4))))
    (tmp_path / "four.yaml").write_text(json.dumps(facts | dict(retries=3)))

    def records() -> list[dict]:
        found = [path.read_text() for path in tmp_path.glob("reports/*/run.json")]
        return [json.loads(o) for o in found if o]

    cluster = Cluster(tmp_path, certificate)
    try:
        address = f"tls://127.0.0.1:{cluster.port}"
        sweep = start("sweep", "four.yaml", "--cluster", address, cwd=tmp_path, **certificate)
        wait_for(lambda: any(o["status"] == "running" for o in records()), sweep)
        os.kill(cluster.workers[0].pid, signal.SIGKILL)
        wait_for(lambda: any(o["status"] == "completed" for o in records()), sweep)
        cluster.end()
        cluster.begin()
        out, err = sweep.communicate(timeout=300)
    finally:
        cluster.end()
    assert sweep.returncode == 0, err
    made = [o["identity"] for o in records() if o["status"] == "completed"]
    assert len(made) == len(set(made)) == 4
    sweep_runs = json.loads((tmp_path / "reports" / "four.sweep" / "sweep.json").read_text())["runs"]
    assert {sweep_run["identity"] for sweep_run in sweep_runs} == set(made) and "Of 4 settings" in out


def test_nobody_answers(refused, dozen, tmp_path):
    (tmp_path / "one.yaml").write_text(json.dumps(dict(set=dict(dataset=str(dozen), method="majority"))))
    refused(
        "sweep", "one.yaml", "--cluster", "tcp://127.0.0.1:9", mentions=["no scheduler answers at tcp://127.0.0.1:9"]
    )
