"""Clients in the manner of others, with nothing of their libraries (I-01): each does the one thing that it alone insists on."""

import os
import re

import server


def test_in_the_manner_of_the_ruby_gem(api):
    """Bodies are forms, the key stands without quotes, and it reads what comes back as JSON of one object."""
    headers = {"Authorization": f"Token token={api.key}", "User-Agent": "Ruby"}
    fields = [("first_name", "Gem"), ("last_name", "Stone"), ("email", "gem@localsync.example"), ("role", "manager")]
    made = api.ask("POST", "users.json", headers=headers, data=[*fields, ("companies[]", api.company)])
    assert (made.status_code, made.headers["content-type"]) == (201, "application/json; charset=utf-8"), made.text
    user = made.json()
    assert (user["name"], user["role"], user["accepted"]) == ("Gem Stone", "manager", False)
    assert [company["id"] for company in user["companies"]] == [api.company]
    # Its older releases send a password, which the API takes from nobody any more, and says so.
    refused = api.ask("POST", "users.json", headers=headers, data=[*fields, ("password", "secret")])
    assert (refused.status_code, refused.json()) == (422, {"error": "password is not a field here"})
    changed = api.ask("PUT", f"companies/{api.company}.json", headers=headers, data={"callscore_enabled": "true"})
    assert (changed.status_code, changed.json()["callscore_enabled"]) == (200, True)
    gone = api.ask("DELETE", f"users/{user['id']}.json", headers=headers)
    assert (gone.status_code, gone.content) == (204, b"")


def test_in_the_manner_of_airbyte(api):
    """It follows the header `Link` alone, sends a span of time to every list, and reads no time without a fraction."""
    span = {"start_date": "2026-01-01T00:00:00.000000+0000", "end_date": "2026-12-31T00:00:00.000000+0000"}
    fraction = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)")
    for resource in ("users", "companies"):
        rows, address, params = [], f"{api.url}/v3/a/{api.account}/{resource}.json", span | {"per_page": 4}
        while address:
            page = api.at("GET", address, params=params)
            page.raise_for_status()
            rows += page.json()[resource]
            address, params = page.links.get("next", {}).get("url"), None
            assert address is None or address.startswith(api.url)
        assert len(rows) == page.json()["total_records"] and len({row["id"] for row in rows}) == len(rows)
        times = [value for row in rows for name, value in row.items() if name.endswith("_at") and value]
        assert len(times) >= len(rows) and all(fraction.fullmatch(at) for at in times)
    companies = api.ask("GET", "companies.json").json()["companies"]
    assert all(isinstance(company["swap_cookie_duration"], int) and "disabled_at" in company for company in companies)


def test_in_the_manner_of_callrail_mcp(api):
    """It waits for as long as `Retry-After` says. Here it is told to after a few requests."""
    with server.served(os.environ["API_ENGINE"], ROLLCALL_API_REQUESTS_PER_HOUR="20") as world:
        address = f"{world.url}/v3/a/{world.account}/users.json?per_page=1"
        answers = []
        for _ in range(25):
            answers.append(api.at("GET", address, headers={"Authorization": f"Token token={world.key}"}))
            if answers[-1].status_code != 200:
                break
        refused = answers[-1]
        assert len(answers) > 1 and (refused.status_code, refused.json()) == (429, {"error": "Rate limit exceeded"})
        wait = int(refused.headers["retry-after"])
        assert 0 < wait <= 3600
        assert {answer.status_code for answer in answers[:-1]} == {200}
        left = [int(re.search(r'"hour";r=(\d+)', answer.headers["ratelimit"])[1]) for answer in answers[:-1]]
        assert left == sorted(left, reverse=True) and left[-1] == 0


def test_old_ways_of_naming_an_account(api):
    """Two arrays in the list of accounts are gone; the account's number, which addresses of pages have, still names it."""
    number = api.at("GET", f"{api.url}/v3/a/{api.account}.json?fields=numeric_id").json()["numeric_id"]
    for account in (api.account, str(number)):
        read = api.at("GET", f"{api.url}/v3/a/{account}/users.json?per_page=1")
        assert read.status_code == 200 and read.json()["total_records"] > 1
    accounts = api.at("GET", f"{api.url}/v3/a.json").json()
    assert list(accounts) == ["page", "per_page", "total_pages", "total_records", "accounts"]


def test_no_answer_is_a_page_or_sends_elsewhere(api):
    for path in ("users.json", "users", "nothing.json", "users.json/", "../../nothing"):
        answer = api.ask("GET", path)
        assert answer.status_code in (200, 404) and isinstance(answer.json(), dict), path
