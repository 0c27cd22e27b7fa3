"""What every script is given: where the API is, and who asks."""

import os

import pycallrail.callrail
import pytest
import requests


class Api:
    """Asks as anybody would, with nothing of a client library."""

    def __init__(self):
        self.url = os.environ["API_URL"]
        self.key = os.environ["API_KEY"]
        self.account = os.environ["API_ACCOUNT"]
        self.company = os.environ["API_COMPANY"]
        self.authorization = {"Authorization": f"Token token={self.key}"}

    def ask(self, method, path, **more):
        """`path` begins at the account."""
        return self.at(method, f"{self.url}/v3/a/{self.account}/{path}", **more)

    def at(self, method, address, headers=(), **more):
        headers = self.authorization | dict(headers)
        return requests.request(method, address, headers=headers, timeout=20, allow_redirects=False, **more)


@pytest.fixture(scope="session")
def api():
    return Api()


@pytest.fixture(scope="session")
def document(api):
    answer = requests.get(f"{api.url}/v3/openapi.json", timeout=20)
    answer.raise_for_status()
    return answer.json()


@pytest.fixture(scope="session")
def callrail(api):
    """pycallrail with another address: the whole of what its users change."""
    client = pycallrail.callrail.CallRail(api.key)
    client.BASE_URL = f"{api.url}/v3/"
    return client


@pytest.fixture(scope="session")
def account(api, callrail):
    return callrail.get_account(api.account)
