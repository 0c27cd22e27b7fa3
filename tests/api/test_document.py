"""The document of the API is what it says it is (I-02)."""

import re

from openapi_spec_validator import OpenAPIV31SpecValidator


def test_i02_the_document_is_valid(document):
    assert document["openapi"].startswith("3.1.")
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_i02_the_document_is_served_to_whoever_asks_and_names_no_host(api, document):
    assert document["servers"] == [{"url": "/"}]
    assert api.account not in str(document)


def test_i02_every_parameter_of_a_path_is_described(document):
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            named = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert named == set(re.findall(r"{([^}]+)}", path)), f"{method} {path}"


def test_i01_every_list_pages(api, document):
    """Whatever list the document has: its envelope, the page past its end, and following `next_page` to the end."""
    lists = [path for path in document["paths"] if re.fullmatch(r"/v3/a(/{account}/[a-z_]+)?\.json", path)]
    assert "/v3/a/{account}/users.json" in lists
    for path in lists:
        resource = "accounts" if path == "/v3/a.json" else path.split("/")[-1].removesuffix(".json")
        address = api.url + path.replace("{account}", api.account)
        first = api.at("GET", f"{address}?per_page=2")
        read = first.json()
        assert first.headers["content-type"] == "application/json; charset=utf-8"
        assert {"page", "per_page", "total_pages", "total_records", resource} == set(read), path
        past = api.at("GET", f"{address}?page=99999").json()
        assert (past["page"], past[resource]) == (99999, []), path
        rows, following = [], f"{address}?per_page=2&relative_pagination=true"
        while following:
            part = api.at("GET", following).json()
            rows += part[resource]
            assert part["has_next_page"] == bool(part["next_page"])
            following = part["next_page"]
        assert len({str(row["id"]) for row in rows}) == len(rows) == read["total_records"], path
