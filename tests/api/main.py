"""Runs every client against the built program, on every engine, and counts: see README.md."""

import argparse
import json
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as xml
from pathlib import Path

import server

HERE = Path(__file__).resolve().parent
OUT = server.ROOT / "target/api-clients"
BIN = Path(sys.executable).parent


def main():
    asked = read()
    passed = failed = 0
    for engine in server.engines():
        with server.served(engine) as world:
            for name in [name for name in PARTS if asked.only in (None, name)]:
                began = time.monotonic()
                well, ill, notes = part(name, engine, world, asked)
                passed, failed = passed + well, failed + ill
                print(f"{engine:<12}{name:<14}{well} passed, {ill} failed, {time.monotonic() - began:.0f} s", flush=True)
                for note in notes:
                    print(f"NOTE: {engine}: {note}")
    if "PostgreSQL" not in server.engines():
        print(f"NOTE: without {server.POSTGRES} only SQLite was tried.")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def read():
    parser = argparse.ArgumentParser(prog="tests/api/run")
    parser.add_argument("-n", "--examples", type=int, default=50, help="examples an operation, for schemathesis")
    parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same, for schemathesis")
    parser.add_argument("--only", choices=PARTS, help="one part alone")
    return parser.parse_args()


def part(name, engine, world, asked):
    """Runs a part; how many passed, how many failed, and what is to be said of it."""
    folder = OUT / engine.lower()
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / f"{name}.xml"
    report.unlink(missing_ok=True)
    words, notes = PARTS[name](world, report, asked)
    environment = os.environ | world.environment() | {
        "API_ENGINE": engine,
        "API_FOLDER": str(folder),
        "SCHEMATHESIS_HOOKS": str(HERE / "hooks.py"),
    }
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True)
    (folder / f"{name}.log").write_text(done.stdout + done.stderr)
    passed, failed, skipped = counted(report)
    if done.returncode != 0 or failed:
        print(done.stdout + done.stderr)
        failed = max(failed, 1)
    notes += [f"skipped: {reason}" for reason in skipped]
    return passed, failed, notes + [f"{operation} was never done" for operation in never_done(report)]


def scripted(world, report, asked):
    """The clients that follow a script."""
    return [BIN / "pytest", "-q", "-p", "no:cacheprovider", f"--rootdir={HERE}", f"--junitxml={report}", HERE], []


def drawn(world, report, asked):
    """Requests drawn from the document, good ones and bad ones, and the same asked for by somebody who may not."""
    keys = {"administrator": world.key, "elsewhere": world.elsewhere}
    header = lambda key: [{"name": "Authorization", "value": f"Token token={key}"}]
    identities = {"auth": [{"name": name, "fixedHeaders": header(key)} for name, key in keys.items()]}
    (report.parent / "identities.json").write_text(json.dumps(identities))
    words = [BIN / "schemathesis", "--no-color", "--config-file", HERE / "schemathesis.toml"]
    # All checks run unless schemathesis.toml turns one off; "--checks all" would turn it on again.
    words += ["run", f"{world.url}/v3/openapi.json", "--continue-on-failure"]
    words += ["--seed", str(asked.seed), "--max-examples", str(asked.examples)]
    words += ["--report", "junit,ndjson", "--report-junit-path", report]
    words += ["--report-ndjson-path", report.with_suffix(".ndjson")]
    return words, [f"schemathesis has seed {asked.seed} and {asked.examples} examples an operation"]


PARTS = {"scripts": scripted, "schemathesis": drawn}


def counted(report):
    """What a report in the form of JUnit says: how many passed and failed, and why some were skipped."""
    if not report.exists():
        return 0, 1, []
    passed = failed = 0
    skipped = []
    for case in xml.parse(report).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif (skip := case.find("skipped")) is not None:
            skipped.append(f"{case.get('name')}: {skip.get('message')}")
        else:
            passed += 1
    return passed, failed, skipped


def never_done(report):
    """The operations that schemathesis asked for and that were refused each time: of these it has seen no more than refusals."""
    told = report.with_suffix(".ndjson")
    asked, done = set(), set()
    for line in told.read_text().splitlines() if told.exists() else []:
        recorded = json.loads(line).get("ScenarioFinished", {}).get("recorder", {})
        for id, interaction in recorded.get("interactions", {}).items():
            case = recorded["cases"][id]["value"]
            operation = f"{case['method']} {case['path']}"
            asked |= {operation} if operation == recorded["label"] else set()
            if (interaction.get("response") or {}).get("status_code", 500) < 300:
                done.add(operation)
    return sorted(asked - done)


if __name__ == "__main__":
    sys.exit(main())
