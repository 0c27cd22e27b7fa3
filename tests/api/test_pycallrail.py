"""pycallrail 0.9.0.2 with another address: every method of it that reaches what is here (I-01).

What it breaks by itself is named where its own parts are used in place of the whole.
"""

import datetime

import pycallrail.objects.calls
import pycallrail.objects.companies
import pycallrail.objects.form_submissions
import pycallrail.objects.tags
import pycallrail.objects.textmessages
import pytest
import requests

TAGS = "/v3/a/{account}/tags.json"


def company_of(callrail, account, read):
    """Its `Company` refuses `swap_cookie_duration_unit`, which is a usual field since 2024: it is made without."""
    known = {name: value for name, value in read.items() if name != "swap_cookie_duration_unit"}
    return pycallrail.objects.companies.Company.from_json(callrail, account.id, known)


def test_accounts(callrail, api):
    accounts = callrail.list_accounts()
    assert api.account in [account.id for account in accounts] and len(accounts) == 3
    assert all(account.name and account.outbound_recording_enabled is False for account in accounts)


def test_accounts_page_by_page(callrail):
    # Its pages name `page` once more each time; the last one holds.
    one_by_one = callrail.list_accounts(filtering={"per_page": 1}, sorting={"sort": "name", "order": "desc"})
    names = [account.name for account in one_by_one]
    assert len(names) == 3 and names == sorted(names, reverse=True)


def test_one_account(callrail, api):
    found = callrail.get_account(api.account, fields={"fields": "numeric_id"})
    assert (found.id, found.hipaa_account) == (api.account, False)
    by_number = callrail.get_account(str(found.numeric_id))
    assert (by_number.id, by_number.name) == (found.id, found.name)
    assert not hasattr(by_number, "numeric_id"), "only where it is asked for"


def test_companies(callrail, account):
    # `list_companies` and `create_company` end in `Company`, which refuses a usual field: what they ask for is tried.
    with pytest.raises(AttributeError, match="swap_cookie_duration_unit"):
        account.list_companies()
    rows = callrail._get(
        endpoint=f"a/{account.id}", path="companies.json", response_data_key="companies", pagination_type="RELATIVE"
    )
    found = [company_of(callrail, account, row) for row in rows]
    assert len(found) >= 3 and {company.status for company in found} == {"active"}
    assert all(company.form_capture is False and company.disabled_at is None for company in found)
    with pytest.raises(ValueError):
        account.list_companies(filtering={"name": "x"})


def test_one_company(callrail, account, api):
    # `get_company` reads one thing as if it were a page.
    with pytest.raises(KeyError, match="page"):
        account.get_company(api.company)
    read = callrail._get(endpoint=f"a/{account.id}", path=f"companies/{api.company}.json", pagination_type="NONE")
    assert company_of(callrail, account, read).id == api.company
    assert read["swap_cookie_duration"] > 0


def test_a_company_is_made_changed_and_disabled(callrail, account):
    with pytest.raises(AttributeError, match="swap_cookie_duration_unit"):
        account.create_company("By pycallrail", time_zone="America/Chicago")
    rows = callrail._get(
        endpoint=f"a/{account.id}",
        path="companies.json",
        response_data_key="companies",
        params={"search": "By pycallrail"},
        pagination_type="RELATIVE",
    )
    assert [(row["name"], row["time_zone"]) for row in rows] == [("By pycallrail", "America/Chicago")]
    company = company_of(callrail, account, rows[0])
    # `update` and `delete` begin their paths with a slash, and so lose the `v3` of their own address.
    for lost in (lambda: company.update(name="Elsewhere"), company.delete):
        with pytest.raises(requests.HTTPError) as refused:
            lost()
        assert refused.value.response.status_code in (403, 404, 405)
        assert "/v3/" not in refused.value.response.url
    path = f"companies/{company.id}.json"
    changes = {"name": "Changed by pycallrail", "swap_cookie_duration": 2, "external_form_capture": True}
    changed = callrail._put(endpoint=f"a/{account.id}", path=path, data=changes)
    assert (changed["name"], changed["swap_cookie_duration"], changed["form_capture"]) == tuple(changes.values())
    assert changed["time_zone"] == "America/Chicago", "what is left out stays"
    callrail._delete(endpoint=f"a/{account.id}", path=path)
    gone = callrail._get(endpoint=f"a/{account.id}", path=path, pagination_type="NONE")
    assert company_of(callrail, account, gone).status == "disabled"
    assert isinstance(company_of(callrail, account, gone | {}).disabled_at, datetime.datetime)


def test_users(callrail, account):
    # It has no users; by its own parts they are found as with any other list, in both orders.
    ask = lambda kind: callrail._get(
        endpoint=f"a/{account.id}",
        path="users.json",
        response_data_key="users",
        params={"per_page": 7},
        pagination_type=kind,
    )
    followed, numbered = ask("RELATIVE"), ask("OFFSET")
    assert [user["id"] for user in followed] == [user["id"] for user in numbered]
    assert len(followed) >= 30


def test_tags(callrail, account, api, document):
    if TAGS not in document["paths"]:
        pytest.skip("the document has no tags")
    made = account.create_tag("By pycallrail", company_id=api.company, color="blue1", tag_level="company")
    assert (made.name, made.color, made.tag_level, made.company_id) == ("By pycallrail", "blue1", "company", api.company)
    assert isinstance(made.created_at, datetime.datetime) and made.status == "enabled"
    # It says nothing of what it leaves out by saying null.
    made.update(name="Changed by pycallrail")
    assert (made.name, made.color) == ("Changed by pycallrail", "blue1")
    made.update(disabled=True)
    assert made.status == "disabled"
    assert made.id in [tag.id for tag in account.list_tags()]
    read = callrail._get(endpoint=f"a/{account.id}", path=f"tags/{made.id}.json", pagination_type="NONE")
    assert read["name"] == made.name
    made.delete()
    with pytest.raises(requests.HTTPError) as refused:
        made.delete()
    assert refused.value.response.status_code == 404
    assert made.id not in [tag.id for tag in account.list_tags() or []]


def test_tags_of_the_account(callrail, account, document):
    if TAGS not in document["paths"]:
        pytest.skip("the document has no tags")
    # Its `Tag` must have a company, which a tag of the whole account has not.
    made = callrail._post(endpoint=f"a/{account.id}", path="tags.json", data={"name": "All", "tag_level": "account"})
    try:
        assert (made["company_id"], made["color"]) == (None, "gray1")
        with pytest.raises(Exception, match="company_id"):
            pycallrail.objects.tags.Tag.from_json(callrail, account.id, dict(made))
    finally:
        callrail._delete(endpoint=f"a/{account.id}", path=f"tags/{made['id']}.json")


CALL, FORM = "CAL" + "0" * 32, "FOR" + "0" * 32
LATER = {
    "list_calls": lambda a, c: a.list_calls(),
    "get_call": lambda a, c: a.get_call(CALL),
    "create_call": lambda a, c: a.create_call(1, "+14125550100", "+14125550101"),
    "Call.update": lambda a, c: pycallrail.objects.calls.Call(c, a.id, id=CALL).update(note="x"),
    "list_form_submissions": lambda a, c: a.list_form_submissions(),
    "create_form_submission": lambda a, c: a.create_form_submission("COM", "r", "u", "l", "f", {"a": "b"}),
    "FormSubmission.update": lambda a, c: form(a, c).update(note="x"),
    "list_text_message_conversations": lambda a, c: a.list_text_message_conversations(),
    "get_text_message_conversation": lambda a, c: a.get_text_message_conversation("KZaGR"),
    "send_text": lambda a, c: a.send_text("COM", "+14125550100", "Hello"),
    "archive": lambda a, c: pycallrail.objects.textmessages.TextMessageConversation(c, a.id, id="KZaGR").archive(),
}


def form(account, client):
    return pycallrail.objects.form_submissions.FormSubmission(client, account.id, id=FORM)


@pytest.mark.parametrize("method", LATER)
def test_what_is_not_there_yet_is_not_found(method, account, callrail):
    with pytest.raises(requests.HTTPError) as refused:
        LATER[method](account, callrail)
    answer = refused.value.response
    assert (answer.status_code, answer.json()) == (404, {"error": "Not found"})


def test_a_wrong_key_is_told_so(callrail, api):
    stranger = type(callrail)("wrong")
    stranger.BASE_URL = callrail.BASE_URL
    with pytest.raises(requests.HTTPError) as refused:
        stranger.list_accounts()
    answer = refused.value.response
    assert (answer.status_code, answer.json()) == (401, {"error": "HTTP Token: Access denied"})
