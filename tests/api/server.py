"""The built program with made-up accounts, keys for two people, and a database that is gone afterwards."""

import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import requests

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("ROLLCALL_BINARY", str(ROOT / "target/debug/rollcall"))
POSTGRES = "ROLLCALL_TEST_POSTGRES"


class World:
    """Where the API is, and who asks: `key` administers `account`; `elsewhere` is the key of somebody in another account;
    `directory` is the token of the account's directory."""

    def __init__(self, url, key, account, owner, company, elsewhere, directory):
        self.url = url
        self.key = key
        self.account = account
        self.owner = owner
        self.company = company
        self.elsewhere = elsewhere
        self.directory = directory

    def environment(self):
        """How the clients, which are programs of their own, get to know it."""
        return {
            "API_URL": self.url,
            "API_KEY": self.key,
            "API_ACCOUNT": self.account,
            "API_OWNER": self.owner,
            "API_COMPANY": self.company,
            "API_ELSEWHERE": self.elsewhere,
            "API_DIRECTORY": self.directory,
        }


def engines():
    """SQLite, and PostgreSQL where there is one."""
    return ["SQLite", "PostgreSQL"] if POSTGRES in os.environ else ["SQLite"]


@contextmanager
def served(engine, **settings):
    """A world on an engine, while it lasts."""
    folder = tempfile.mkdtemp(prefix="rollcall-api-")
    try:
        with database(engine) as (variables, sql):
            port = free_port()
            url = f"http://127.0.0.1:{port}"
            env = {name: value for name, value in os.environ.items() if not name.startswith("ROLLCALL_")}
            env |= {"ROLLCALL_DATA_DIR": folder, "ROLLCALL_LISTEN": f"127.0.0.1:{port}", "ROLLCALL_BASE_URL": url}
            env |= {"ROLLCALL_API_REQUESTS_PER_HOUR": "100000000"} | variables | settings
            run = lambda *words: told(env, *words)
            seed = told(env, "--accounts", "3", "--users-per-account", "30", "--center", program=f"{BINARY}-seed")
            # A young account sends a hundred invitations; these are to be of age.
            sql(folder, "UPDATE account SET created_at = created_at - 864000000000")
            with open(Path(folder) / "log", "w+") as log:
                program = subprocess.Popen([BINARY, "serve"], env=env, stdout=log, stderr=log)
                try:
                    answers(url, program, log)
                    yield met(url, seed, run)
                    if program.poll() is not None:
                        raise RuntimeError(f"the program has ended: {end_of(log)}")
                finally:
                    program.terminate()
                    program.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def told(env, *words, program=BINARY):
    """What a command tells, as JSON."""
    done = subprocess.run([program, *words], env=env, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(words)}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def database(engine):
    """Settings for a database of one's own, and how a statement is run there."""
    if engine == "SQLite":
        yield {}, lambda folder, statement: command("sqlite3", f"{folder}/rollcall.db", statement)
        return
    server = os.environ[POSTGRES]
    name = f"api_{uuid.uuid4().hex[:12]}"
    own = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    command("psql", "-q", server, "-c", f"CREATE DATABASE {name}")
    try:
        yield {"ROLLCALL_DATABASE_URL": own}, lambda _, statement: command("psql", "-q", own, "-c", statement)
    finally:
        command("psql", "-q", server, "-c", f"DROP DATABASE {name} WITH (FORCE)")


def command(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url, program, log):
    """Waits until there is any answer, but no longer than the program lives."""
    late = time.monotonic() + 60
    while True:
        try:
            requests.get(f"{url}/v3/openapi.json", timeout=5)
            return
        except requests.RequestException:
            if program.poll() is not None or time.monotonic() > late:
                raise RuntimeError(f"rollcall does not answer on {url}: {end_of(log)}") from None
            time.sleep(0.05)


def end_of(log):
    log.seek(0)
    return log.read()[-2000:]


def met(url, seed, run):
    """Keys and ids, from the answers themselves."""
    key_of = lambda login: run("api-key", "create", "--login", login, "--name", "clients")["api_key"]
    key, account = key_of(seed["login"]), seed["account"]

    def rows(path, resource, by=key):
        answer = requests.get(f"{url}/v3/{path}", headers={"Authorization": f"Token token={by}"}, timeout=20)
        answer.raise_for_status()
        return answer.json()[resource]

    owner = rows(f"a/{account}/users.json?search={seed['login']}", "users")[0]["id"]
    company = rows(f"a/{account}/companies.json", "companies")[0]["id"]
    for other in rows("a.json", "accounts"):
        for user in rows(f"a/{other['id']}/users.json?per_page=250", "users"):
            if other["id"] == account or user["role"] != "admin" or not user["accepted"]:
                continue
            elsewhere = key_of(user["email"])
            if account not in [one["id"] for one in rows("a.json", "accounts", elsewhere)]:
                return World(url, key, account, owner, company, elsewhere, directory_of(url, seed))
    raise RuntimeError("nobody is in another account alone")


def directory_of(url, seed):
    """The token of a directory, as an administrator makes it on the page: nothing else shows one."""
    browser = requests.Session()
    browser.headers.update({"Origin": url, "Sec-Fetch-Site": "same-origin"})
    browser.post(f"{url}/sign-in", data={"email": seed["login"], "password": seed["password"]}, timeout=20)
    made = browser.post(f"{url}/accounts/{seed['account']}/directory", data={"name": "Test Directory"}, timeout=20)
    made.raise_for_status()
    # The address is the first that is to be copied, the token the second.
    return re.findall(r"<code>([^<]+)</code>", made.text)[1]
