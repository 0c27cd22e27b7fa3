"""What schemathesis draws is of the right form but of nobody's: here it gets ids of things that are there.

An id that no answer has ever named is replaced by one that lives, nine times of ten. Ids that were answered stay as they are,
also of what was deleted since, so that using what is gone is tried too. Everything is learnt from the document and from
the answers: nouns that come later are met without a word here.
"""

import os
import random
import re

import requests
import schemathesis

URL = os.environ["API_URL"]
KEY = os.environ["API_KEY"]
ACCOUNT = os.environ["API_ACCOUNT"]
# Without the key's owner, or without a company, all that follows would be worth little: chance does not delete these.
KEPT = {os.environ["API_OWNER"], os.environ["API_COMPANY"]}

LETTERED = re.compile(r"[A-Z]{3}[0-9a-f]{32}")
ACCOUNTS = re.compile(r"ACC[0-9a-f]{32}|[0-9]{9}")
NUMBER = re.compile(r"[1-9][0-9]{0,15}")
PARAMETER = re.compile(r"([^/]+)/\{([^}]+)\}")


class Pool:
    """Ids that live, by their first three letters or by the list they stand in; and all that were ever answered."""

    def __init__(self):
        self.live = {"accounts": [ACCOUNT]}
        self.seen = set()
        self.chance = random.Random(1)

    def add(self, kind, id):
        if id not in self.seen:
            self.seen.add(id)
            self.live.setdefault(kind, []).append(id)

    def learn(self, value, kind=""):
        """All ids of an answer. Numbers are ids where they are called so."""
        if isinstance(value, dict):
            for name, inner in value.items():
                if name == "id" and isinstance(inner, int):
                    self.add(kind, str(inner))
                else:
                    self.learn(inner, name if isinstance(inner, list) else kind)
        elif isinstance(value, list):
            for inner in value:
                self.learn(inner, kind)
        elif isinstance(value, str) and LETTERED.fullmatch(value):
            self.add(value[:3], value)

    def forget(self, id):
        for ids in self.live.values():
            if id in ids:
                ids.remove(id)

    def real(self, kind, id, ends=False):
        """A living id in its place; where that is the end of it, not one of those that are kept."""
        ids = [one for one in self.live.get(kind, []) if not (ends and one in KEPT)]
        if not ids or id in self.seen or self.chance.random() < 0.1:
            return id
        kept = [one for one in ids if one in KEPT]
        return self.chance.choice(kept if kept and self.chance.random() < 0.3 else ids)

    def body(self, value):
        if isinstance(value, dict):
            return {name: self.body(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.body(inner) for inner in value]
        if isinstance(value, str) and LETTERED.fullmatch(value):
            return self.real(value[:3], value)
        return value


POOL = Pool()


@schemathesis.hook
def after_load_schema(context, schema):
    """Reads every list once: those whose path names an account alone."""
    for path in schema.raw_schema["paths"]:
        if PARAMETER.findall(path) in ([], [("a", "account")]) and "get" in schema.raw_schema["paths"][path]:
            answer = requests.get(
                URL + path.replace("{account}", ACCOUNT) + "?per_page=250",
                headers={"Authorization": f"Token token={KEY}"},
                timeout=20,
            )
            answer.raise_for_status()
            POOL.learn(answer.json())


def is_sent(value):
    """Whether anything of a value is in a form: of empty objects and lists nothing is."""
    if isinstance(value, dict):
        return any(is_sent(inner) for inner in value.values())
    return bool(value) if isinstance(value, list) else True


@schemathesis.hook
def filter_case(context, case):
    """A form that is to be wrong by what no form carries is sent as a right one, and is rightly taken."""
    is_form = case.media_type == "application/x-www-form-urlencoded" and isinstance(case.body, dict)
    if not is_form or case.meta is None or case.meta.generation.mode != schemathesis.GenerationMode.NEGATIVE:
        return True
    return all(is_sent(value) for value in case.body.values())


@schemathesis.hook
def before_call(context, case, **kwargs):
    ends = case.method == "DELETE"
    ids = dict(case.path_parameters or {})
    for collection, name in PARAMETER.findall(case.operation.path):
        value = ids.get(name)
        if not isinstance(value, str):
            continue
        if name == "account" and ACCOUNTS.fullmatch(value):
            ids[name] = POOL.real("accounts", value)
        elif LETTERED.fullmatch(value):
            ids[name] = POOL.real(value[:3], value, ends)
        elif NUMBER.fullmatch(value):
            ids[name] = POOL.real(collection, value, ends)
    if ids != (case.path_parameters or {}):
        case.path_parameters = ids
    if isinstance(case.body, (dict, list)):
        body = POOL.body(case.body)
        if body != case.body:
            case.body = body


@schemathesis.hook
def after_call(context, case, response):
    if case.method == "DELETE" and response.status_code == 204:
        POOL.forget(case.path_parameters[PARAMETER.findall(case.operation.path)[-1][1]])
    elif response.status_code in (200, 201):
        kind = case.operation.path.split("/")[4].removesuffix(".json") if case.operation.path.count("/") > 3 else ""
        POOL.learn(response.json(), kind)
