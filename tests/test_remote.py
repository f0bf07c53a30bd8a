"Reports in a bucket: a local S3 server, and machines that share nothing else; each has a cache folder of its own."

import json
import logging
import os
import random
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from conftest import call, start, wait_for

import lorasent.processes

pytestmark = [pytest.mark.train, pytest.mark.xdist_group("remote")]
URL = "s3://bucket/reports"


class Bucket:
    "A server of S3 on this machine, which can go away and come back."

    def __init__(self):
        self.port = 0
        self.begin()
        import s3fs

        s3fs.S3FileSystem.clear_instance_cache()  # that of the test before asks a server that is gone
        self.facts = dict(endpoint_url=f"http://127.0.0.1:{self.port}", key="key", secret="secret")
        self.files = s3fs.S3FileSystem(**self.facts, skip_instance_cache=True)
        urlopen(Request(f"{self.facts['endpoint_url']}/moto-api/reset", method="POST"))  # of the test before
        self.files.mkdir("bucket")

    def begin(self):
        from moto.server import ThreadedMotoServer

        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=self.port, verbose=False)
        self.server.start()
        self.port = self.server.get_host_and_port()[1]

    def end(self):
        self.server.stop()

    def names(self) -> list[str]:
        "What is in it, without what runs say to each other."
        self.files.invalidate_cache()
        found = [o.removeprefix("bucket/reports/") for o in self.files.find("bucket/reports")]
        return [o for o in found if not o.startswith(".locks/")]

    def records(self) -> list[dict]:
        runs = [o for o in self.names() if o.endswith("/run.json") and not o.startswith(".")]
        return [json.loads(self.files.cat_file(f"bucket/reports/{run}")) for run in runs]


@pytest.fixture
def bucket(monkeypatch):
    one = Bucket()
    monkeypatch.setenv("AWS_ENDPOINT_URL", one.facts["endpoint_url"])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    yield one
    one.end()


def on(machine: Path, *arguments, **environment):
    "The command line on a machine of its own."
    machine.mkdir(exist_ok=True)
    return call(*arguments, "--reports", URL, cwd=machine, LORASENT_CACHE=str(machine / "cache"), **environment)


def test_two_machines_and_a_bucket(dozen, tmp_path, bucket):
    here, there = tmp_path / "here", tmp_path / "there"
    for name in ("one", "two"):
        words = ["--name", name, "--set", "method=tfidf", "baselines=none", f"split_seed={len(name)}"]
        made = on(here, "train", dozen, *words)
        assert made.code == 0 and f"report {URL}/{name}-" in made.out, made.err
    assert not (here / "reports").exists()
    names = bucket.names()
    assert "index.html" in names and sum(o.endswith("/report.html") for o in names) == 2
    listed = on(there, "runs", "--json")
    assert [o["name"] for o in json.loads(listed.out)] == ["two", "one"]
    assert not list((there / "cache").rglob("model*"))  # weights come when they are needed
    assert on(there, "predict", "one", "a lovely lunch").out.startswith("good")
    compared = on(there, "compare", "one", "two")
    assert compared.code == 0 and "no difference shown" in compared.out, compared.err
    assert on(there, "runs", "tag", "one", "keep").code == 0
    assert [o["tags"] for o in json.loads(on(here, "runs", "--json").out)] == ["", "keep"]
    page = bucket.files.cat_file("bucket/reports/index.html").decode()
    assert "compare-" in page and page.count('/report.html"') >= 3  # also of runs that were made elsewhere
    gone = on(here, "runs", "rm", "two", "--yes")
    assert f"moved to {URL}/.trash/two-" in gone.out
    assert [o["name"] for o in json.loads(on(there, "runs", "--json").out)] == ["one"]
    assert any(o.startswith(".trash/two-") and o.endswith("/predictions.parquet") for o in bucket.names())
    assert f"{URL} can be written" in on(there, "doctor").out


def test_what_could_not_be_sent_goes_with_the_next_command(dozen, tmp_path, bucket):
    words = ["train", dozen, "--set", "method=tfidf", "baselines=none", "--reports", URL]
    cache = dict(LORASENT_CACHE=str(tmp_path / "cache"))
    run = start(*words, cwd=tmp_path, **cache)
    assert URL in run.stdout.readline()
    bucket.end()
    _, err = run.communicate(timeout=300)
    assert run.returncode != 0 and len(err.strip().splitlines()) == 1
    assert f"{URL} cannot be " in err and str(tmp_path / "cache") in err
    bucket.begin()
    assert bucket.records() == []
    [folder] = [path.parent.name for path in (tmp_path / "cache").rglob("run.json")]
    assert call("runs", "note", folder, "late", "--reports", URL, cwd=tmp_path, **cache).code == 0
    assert [o["status"] for o in bucket.records()] == ["completed"] and f"{folder}/report.html" in bucket.names()


@pytest.mark.parametrize("takers", [2, 8])
def test_a_lock_in_a_bucket_has_one_holder(takers, tmp_path, bucket, monkeypatch):
    "Machines on slow lines, the first to a lock that a dead one has left: one at a time, and all served."
    from filelock import Timeout

    from lorasent.runs import locks
    from lorasent.runs.locks import locked
    from lorasent.runs.mirror import MIRROR
    from lorasent.store import write_json

    look = locks._Lease._others
    slowly = random.Random(1)

    def look_late(lease):
        time.sleep(slowly.choice([0, slowly.uniform(0, 0.2)]))
        return look(lease)

    monkeypatch.setattr(locks._Lease, "_others", look_late)
    holding, most, served, chance = set(), [], [], random.Random(0)
    left = f"bucket/reports/.locks/soup.{'0' * 32}.lease"
    bucket.files.pipe_file(left, json.dumps(dict(renewed=time.time() - 3600)).encode())

    def machine(number: int, pauses: list[float]):
        write_json(tmp_path / str(number) / MIRROR, dict(url=URL, there={}, same={}))
        for pause in pauses:
            time.sleep(pause)
            with suppress(Timeout), locked(tmp_path / str(number), "soup"):
                holding.add(number)
                most.append(len(holding))
                time.sleep(pause / 4)
                holding.remove(number)
                served.append(number)

    count = 12 * int(os.environ.get("LORASENT_FUZZ", "1"))
    rounds = [(number, [chance.uniform(0, 0.1) for _ in range(count)]) for number in range(takers)]
    for number, _ in rounds:
        (tmp_path / str(number)).mkdir()
    with ThreadPoolExecutor(takers) as pool:
        list(pool.map(lambda one: machine(*one), rounds))
    assert max(most) == 1 and len(served) >= count
    assert not bucket.files.glob("bucket/reports/.locks/*.lease")


def test_who_was_thought_dead_sends_nothing(tmp_path, bucket):
    "Its lock is old, another machine takes it; what the first one has made meanwhile does not go over the other's."
    from lorasent.runs.locks import locked
    from lorasent.runs.mirror import MIRROR, RemoteError, publish, refresh
    from lorasent.store import write_json

    one, other = tmp_path / "one", tmp_path / "other"
    for place in (one, other):
        (place / "soup").mkdir(parents=True)
        write_json(place / MIRROR, dict(url=URL, there={}, same={}))
        write_json(place / "soup" / "metrics.json", dict(cook=place.name))
    with locked(one, "soup"):
        [lease] = bucket.files.glob("bucket/reports/.locks/soup.*.lease")
        bucket.files.pipe_file(lease, json.dumps(dict(renewed=time.time() - 3600)).encode())
        with locked(other, "soup"):
            with pytest.raises(RemoteError, match="another machine has taken over what this one did"):
                publish(one)
            assert not [o for o in bucket.names() if o.startswith("soup/")]
            publish(other)
            with pytest.raises(RemoteError, match="another machine has taken over what this one did"):
                publish(one)
    refresh(one)
    publish(one)
    assert json.loads((one / "soup" / "metrics.json").read_text()) == dict(cook="other")
    assert json.loads(bucket.files.cat_file("bucket/reports/soup/metrics.json")) == dict(cook="other")


def test_a_sweep_that_two_machines_share(dozen, tmp_path, bucket):
    facts = dict(set=dict(dataset=str(dozen), method="tfidf", baselines="none"), grid=dict(split_seed=list(range(4))))
    machines = [tmp_path / "here", tmp_path / "there"]
    for machine in machines:
        machine.mkdir()
        (machine / "four.yaml").write_text(json.dumps(facts | dict(workers=1)))

    def sweep(machine: Path) -> subprocess.Popen:
        cache = dict(LORASENT_CACHE=str(machine / "cache"))
        return start("sweep", "four.yaml", "--reports", URL, cwd=machine, **cache)

    first, second = map(sweep, machines)
    wait_for(bucket.records, first)
    first.send_signal(signal.SIGTERM)
    assert first.wait(60) == 128 + signal.SIGTERM
    out, err = second.communicate(timeout=300)
    assert second.returncode == 0, err
    made = [o["identity"] for o in bucket.records() if o["status"] == "completed"]
    assert len(made) == len(set(made)) == 4 and "Of 4 settings" in out
    again = sweep(machines[0])
    out, err = again.communicate(timeout=300)
    assert again.returncode == 0 and out.count(" on validation (four-") == 4, err
    assert sum(o["status"] == "completed" for o in bucket.records()) == 4  # nothing was left to do
    assert {"four.sweep/report.html", "four.sweep/best.yaml"} <= set(bucket.names())


def test_a_cluster_whose_workers_share_nothing_but_the_bucket(dozen, tmp_path, bucket):
    facts = dict(set=dict(dataset=str(dozen), method="tfidf", baselines="none"), grid=dict(split_seed=[0, 1, 2]))
    (tmp_path / "three.yaml").write_text(json.dumps(facts))
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{one.getsockname()[1]}"

    def dask(what: str, *arguments, **environment) -> subprocess.Popen:
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *arguments, "--no-dashboard"]
        quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path)
        return lorasent.processes._launch(command, env=os.environ | environment | dict(OMP_NUM_THREADS="1"), **quiet)

    processes = [dask("scheduler", "--host", "127.0.0.1", "--port", address.rpartition(":")[2])]
    for name in ("north", "south"):
        flags = [address, "--nthreads", "1", "--no-nanny", "--local-directory", str(tmp_path / "scratch")]
        processes.append(dask("worker", *flags, LORASENT_CACHE=str(tmp_path / name)))
    try:
        made = on(tmp_path / "here", "sweep", tmp_path / "three.yaml", "--cluster", address)
    finally:
        for process in processes:
            process.kill()
            process.wait()
    assert made.code == 0 and "Of 3 settings" in made.out, made.err
    identities = [o["identity"] for o in bucket.records()]
    assert len(identities) == len(set(identities)) == 3
    assert list((tmp_path / "north").rglob("run.json")) and list((tmp_path / "south").rglob("run.json"))


@pytest.mark.parametrize(
    ("url", "mentions"),
    [
        ("s3://nobody/reports", "s3://nobody/reports cannot be read (The specified bucket does not exist)"),
        ("nowhere://bucket", "nowhere://bucket cannot be opened (Protocol not known: nowhere)"),
        ("gs://bucket/reports", "Please install gcsfs"),
    ],
)
def test_a_url_that_leads_nowhere_is_one_line(bucket, dozen, refused, url, mentions):
    refused("train", dozen, "--reports", url, mentions=[mentions])
    refused("runs", "--reports", url, mentions=[mentions])
