"""What the client promises, at the real service: test/clients starts it, and tells of it in the environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import unittest
import warnings
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from pathlib import Path
from threading import Event, Thread
from typing import Any

from cryptocomply import (
    ApiError,
    ApiKey,
    CryptoComply,
    Jwt,
    KeyWarning,
    NoAnswerError,
    OpenSession,
    Session,
    Tokens,
    errors,
)
from cryptocomply.models import IssuedKeyAnswer
from cryptocomply.retry import RetryRules, pause_after
from cryptocomply.transport import error_of

from way import Answered, UnreliableWay

WORLD: dict[str, Any] = json.loads(os.environ["CLIENT_TEST_WORLD"])
ORG: int = WORLD["organization"]
NAME: str = WORLD["organization_name"]
JSON = {"content-type": "application/json"}
UNAVAILABLE = Answered(
    503, '{"detail": "Temporarily unavailable.", "code": "service_unavailable"}', {**JSON, "retry-after": "0"}
)
THROTTLED_BODY = '{"detail": "Request was throttled. Expected available in 0 seconds.", "code": "throttled"}'
THROTTLED = Answered(429, THROTTLED_BODY, {**JSON, "retry-after": "0"})
BAD_GATEWAY = Answered(502, "<h1>Bad Gateway</h1>", {"content-type": "text/html"})
RULES = RetryRules(attempts=3, longest_wait_seconds=60)


def refusal(status: int, code: str, retry_after: str | None = None) -> ApiError:
    headers = Message()
    if retry_after is not None:
        headers["retry-after"] = retry_after
    return error_of(status, "", headers, json.dumps({"detail": "No.", "code": code}).encode())


class ClientTest(unittest.TestCase):
    way: UnreliableWay

    @classmethod
    def setUpClass(cls) -> None:
        cls.way = UnreliableWay(WORLD["url"])

    @classmethod
    def tearDownClass(cls) -> None:
        cls.way.close()

    def setUp(self) -> None:
        self.way.next()

    def connect(self, credential: Any = None, **options: Any) -> CryptoComply:
        return CryptoComply(base_url=self.way.url, credential=credential or ApiKey(WORLD["key"]), **options)

    def login(self) -> dict[str, Any]:
        return {"email": WORLD["email"], "password": WORLD["password"]}


class ThreeSchemes(ClientTest):
    def assert_reads_and_writes(self, client: CryptoComply) -> None:
        self.assertEqual(client.organizations_list(), [{"id": ORG, "name": NAME, "role": "Owner"}])
        self.assertEqual(client.organizations_update(org_pk=ORG, body={"name": NAME})["name"], NAME)

    def test_an_access_key_reads_and_writes_and_is_in_nothing_that_is_printed(self) -> None:
        credential = ApiKey(WORLD["key"])
        self.assert_reads_and_writes(self.connect(credential))
        self.assertEqual(repr(credential), f"ApiKey({WORLD['key'].split('.')[0]}.…)")

    def test_a_key_with_white_space_is_refused_before_anything_is_sent_and_not_repeated(self) -> None:
        with self.assertRaises(ValueError) as caught:
            ApiKey(WORLD["key"] + "\n")
        self.assertNotIn(WORLD["key"].split(".")[1], str(caught.exception))

    def test_tokens_are_had_once_for_all_threads(self) -> None:
        client = self.connect(Jwt(**self.login()))
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: client.organizations_list(), range(4)))
        self.assertEqual(len(answers), 4)
        self.assertEqual([one for one in self.way.requests if "token" in one], ["POST /api/auth/token/"])
        self.assert_reads_and_writes(client)

    def test_tokens_that_are_no_good_any_more_are_renewed_once_for_all_threads_and_kept_first(self) -> None:
        first: list[Tokens] = []
        self.connect(Jwt(**self.login(), on_tokens=first.append)).organizations_list()
        kept: list[Tokens] = []
        stale = Tokens("a.b.c", first[0].refresh)
        client = self.connect(Jwt(tokens=stale, on_tokens=kept.append))
        self.way.next()
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: client.organizations_list(), range(4)))
        self.assertEqual(len(answers), 4)
        self.assertEqual([one for one in self.way.requests if "token" in one], ["POST /api/auth/token/refresh/"])
        self.assertEqual(len(kept), 1)
        self.assert_reads_and_writes(client)

    def test_dead_tokens_and_a_wrong_password_are_told_as_what_they_are(self) -> None:
        with self.assertRaises(errors.TokenNotValidError):
            self.connect(Jwt(tokens=Tokens("a.b.c", "a.b.c"))).organizations_list()
        with self.assertRaises(errors.NoActiveAccountError):
            self.connect(Jwt(email=WORLD["email"], password="not the password")).organizations_list()

    def test_a_session_writes_with_its_proof_and_is_opened_anew_when_it_has_ended(self) -> None:
        opened = Session(session=OpenSession(WORLD["session_id"], WORLD["csrf_token"]), origin=WORLD["origin"])
        self.assert_reads_and_writes(self.connect(opened))
        client = self.connect(Session(**self.login(), origin=WORLD["origin"]))
        self.assert_reads_and_writes(client)
        self.assertEqual(self.way.requests.count("POST /api/auth/login/"), 1)
        self.connect(Jwt(**self.login())).sessions_end_others()
        self.assert_reads_and_writes(client)
        self.assertEqual(self.way.requests.count("POST /api/auth/login/"), 2)
        with self.assertRaises(errors.AuthenticationFailedError):  # it ended, and there is nothing to open another with
            self.connect(opened).organizations_list()

    def test_a_credential_goes_nowhere_in_clear_but_to_this_machine_unless_told(self) -> None:
        for url in [
            "http://auth.internal:8000",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "http://[::1].evil.example",
            "http://localhost@evil.example",
            "http://evil.example\\@127.0.0.1",
        ]:
            with self.subTest(url=url), self.assertRaises(ValueError):
                CryptoComply(base_url=url)
        for url in ["http://localhost:8000", "http://127.0.0.2", "http://[::1]:8000", "https://auth.internal"]:
            with self.subTest(url=url):
                self.assertEqual(CryptoComply(base_url=url).origin, url)
        CryptoComply(base_url="http://auth.internal:8000", allow_http=True)

    def test_a_credential_goes_over_http_and_https_and_nothing_else(self) -> None:
        for url in ["ftp://localhost", "file://localhost/etc", "localhost:8000", "//localhost"]:
            with self.subTest(url=url), self.assertRaises(ValueError):
                CryptoComply(base_url=url, allow_http=True)

    def test_what_stays_on_this_machine_goes_to_no_proxy(self) -> None:
        program = (
            "import os\n"
            "from cryptocomply import ApiKey, CryptoComply\n"
            "client = CryptoComply(base_url=os.environ['SERVICE'], credential=ApiKey(os.environ['KEY']))\n"
            "print(client.organizations_list()[0]['name'])\n"
        )
        proxied = {"http_proxy": self.way.url, "no_proxy": "", "SERVICE": WORLD["url"], "KEY": WORLD["key"]}
        told = subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, **proxied}, capture_output=True, check=True, text=True
        )
        self.assertEqual(told.stdout, f"{NAME}\n")
        self.assertEqual(self.way.requests, [])

    def test_a_path_leads_nowhere_but_to_the_service(self) -> None:
        client = self.connect()
        for path in [
            *("@evil.example/", ".evil.example/", "//evil.example/", "0/api/orgs/", ""),
            *("/api/../x/", "/api/..", "/api/%2E./x", "/./api/?a=b", "/api/..\\x", "/api/.?a"),
            *("/api/a b/", "/api/?a=b c", "/api/\n/", "/api/\xe4/", "/api/\x7f", "/api/#a"),
        ]:
            with self.subTest(path=path):
                with self.assertRaises(ValueError):
                    client.send("GET", path)
                with self.assertRaises(ValueError):
                    client.stream("GET", path)
        with self.assertRaises(ValueError):
            client.pass_through_get(org_pk=ORG, key_type="H", path="../../members/")
        self.assertEqual(self.way.requests, [])

    def test_a_query_goes_behind_the_one_that_a_path_has(self) -> None:
        found = self.connect().send("GET", f"/api/orgs/{ORG}/roles/?page_size=1", query={"page": 2}).json()
        self.assertIn("page_size=1", found["previous"])
        self.assertEqual(len(found["results"]), 1)

    def test_no_path_can_follow_white_space_a_query_or_a_fragment(self) -> None:
        for url in ["https://auth.internal\n", " https://auth.internal", "https://auth.internal/?a=b", "https://auth.internal#a"]:
            with self.subTest(url=url), self.assertRaises(ValueError):
                CryptoComply(base_url=url)

    def test_a_redirect_is_not_followed(self) -> None:
        self.way.next(Answered(302, "", {"location": "http://127.0.0.1:1/"}))
        with self.assertRaises(ApiError) as caught:
            self.connect().organizations_list()
        self.assertEqual(caught.exception.status, 302)


class Retries(ClientTest):
    def test_a_read_is_repeated_where_that_may_help(self) -> None:
        mishaps: tuple[Any, ...] = (UNAVAILABLE, THROTTLED, BAD_GATEWAY, "cut", "lost", "halved")
        for mishap in mishaps:
            with self.subTest(mishap=mishap):
                self.way.next(mishap, mishap)
                self.assertEqual(len(self.connect().organizations_list()), 1)
                self.assertEqual(self.way.requests, ["GET /api/orgs/"] * 3)

    def test_and_given_up_after_as_many_attempts_as_allowed(self) -> None:
        self.way.next(UNAVAILABLE, UNAVAILABLE, UNAVAILABLE)
        with self.assertRaises(errors.ServiceUnavailableError) as caught:
            self.connect().organizations_list()
        self.assertEqual((caught.exception.status, caught.exception.retry_after_seconds), (503, 0))
        self.way.next("cut", "cut")
        with self.assertRaises(NoAnswerError):
            self.connect(attempts=2).organizations_list()
        self.assertEqual(len(self.way.requests), 2)

    def test_a_write_is_never_repeated_unless_told(self) -> None:
        mishaps: tuple[Any, ...] = (UNAVAILABLE, THROTTLED, BAD_GATEWAY, "cut", "lost", "halved")
        client = self.connect()
        for mishap in mishaps:
            with self.subTest(mishap=mishap):
                client.organizations_list()  # the write goes on a connection that was used before
                self.way.next(mishap)
                with self.assertRaises((ApiError, NoAnswerError)):
                    client.members_invite(org_pk=ORG, body={"email": "b@example.com", "role": "Viewer"})
                self.assertEqual((len(self.way.requests), self.way.connections), (1, 0))
        self.way.next(UNAVAILABLE)
        self.connect().organizations_update(org_pk=ORG, body={"name": NAME}, options={"retry": True})
        self.assertEqual(len(self.way.requests), 2)

    def test_a_read_that_is_told_not_to_is_not_repeated(self) -> None:
        self.way.next(UNAVAILABLE)
        with self.assertRaises(errors.ServiceUnavailableError):
            self.connect().organizations_list(options={"retry": False})
        self.assertEqual(len(self.way.requests), 1)

    def test_a_write_with_an_idempotency_key_is_repeated_and_done_once(self) -> None:
        self.way.next("lost")
        client = self.connect()
        role = client.roles_define(
            org_pk=ORG,
            body={"name": "Reader in Python", "permissions": ["member.view"]},
            idempotency_key="python-role",
        )
        self.assertEqual(len(self.way.requests), 2)
        names = [one["name"] for one in client.roles_list(org_pk=ORG)]
        self.assertEqual(names.count(role["name"]), 1)

    def test_an_answer_with_a_secret_that_is_lost_is_not_repeated(self) -> None:
        self.way.next("lost")
        with self.assertRaises(errors.AlreadyIssuedError) as caught:
            self.connect(ApiKey(WORLD["admin_key"])).access_keys_admin_issue(
                body={"user": WORLD["user"], "organization": ORG, "access_level": "read_only", "name": "Reports"},
                idempotency_key="python-key",
            )
        self.assertIsInstance(caught.exception.body["id"], int)

    def test_retry_after_is_how_long_it_waits_and_who_would_wait_too_long_gets_the_error_at_once(self) -> None:
        self.assertEqual(pause_after(refusal(429, "throttled", "7"), 1, RULES), 7)
        self.assertIsNone(pause_after(refusal(429, "throttled", "61"), 1, RULES))
        self.way.next(Answered(429, THROTTLED_BODY, {**JSON, "retry-after": "61"}))
        with self.assertRaises(errors.ThrottledError) as caught:
            self.connect().organizations_list()
        self.assertEqual(caught.exception.retry_after_seconds, 61)
        self.assertEqual(len(self.way.requests), 1)

    def test_what_a_repeat_can_not_mend_is_not_repeated(self) -> None:
        for status, code in [
            (400, "bad_path"),
            (401, "authentication_failed"),
            (403, "read_only_key"),
            (404, "not_found"),
            (409, "edit_conflict"),
            (429, "provider_quota"),
            (500, "error"),
            (502, "provider_refused"),
            (504, "provider_timeout"),
        ]:
            with self.subTest(code=code):
                self.assertIsNone(pause_after(refusal(status, code), 1, RULES))
        self.assertIsNotNone(pause_after(refusal(409, "idempotency_in_progress"), 1, RULES))


class OneConnection(ClientTest):
    def test_one_connection_serves_call_after_call_refusals_too(self) -> None:
        client = self.connect()
        client.organizations_list()
        with self.assertRaises(errors.NotFoundError):
            client.organizations_retrieve(org_pk=2_147_483_647)
        client.organizations_update(org_pk=ORG, body={"name": NAME})
        client.organizations_list()
        self.assertEqual((len(self.way.requests), self.way.connections), (4, 1))

    def test_threads_get_their_own_answers_on_a_connection_each(self) -> None:
        client = self.connect()

        def ask(n: int) -> str:
            answer = client.send("GET", "/api/orgs/", options={"headers": {"X-Request-Id": f"call-{n}"}})
            return str(answer.headers["x-request-id"])

        with ThreadPoolExecutor(4) as pool:
            self.assertEqual(list(pool.map(ask, range(40))), [f"call-{n}" for n in range(40)])
        self.assertEqual(len(self.way.requests), 40)
        self.assertLessEqual(self.way.connections, 4)

    def test_a_connection_that_the_server_has_closed_is_replaced_before_anything_is_sent(self) -> None:
        client = self.connect(attempts=1)
        client.organizations_list()
        self.way.hang_up()
        self.way.next()
        client.organizations_update(org_pk=ORG, body={"name": NAME})
        self.assertEqual((self.way.requests, self.way.connections), ([f"PATCH /api/orgs/{ORG}/"], 1))

    def test_what_is_left_of_a_stream_is_the_answer_to_nothing_else(self) -> None:
        client = self.connect()
        client.organizations_list()
        path = f"/api/orgs/{ORG}/audit-events/"
        with client.stream("GET", path, query={"format": "ndjson"}) as lines:
            self.assertTrue(next(iter(lines)).startswith(b"{"))
            self.assertEqual(client.organizations_list()[0]["name"], NAME)
        self.assertEqual(client.organizations_list()[0]["name"], NAME)
        self.assertEqual(self.way.connections, 2)

    def test_a_process_that_is_forked_makes_a_connection_of_its_own(self) -> None:
        client = self.connect()
        client.organizations_list()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                status = 0 if client.organizations_list()[0]["name"] == NAME else 1
            finally:
                os._exit(status)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        client.organizations_list()
        self.assertEqual((len(self.way.requests), self.way.connections), (3, 2))

    def test_a_client_that_is_closed_or_let_go_of_leaves_no_connection(self) -> None:
        with self.connect() as client:
            client.organizations_list()
        self.way.wait_until_left()
        self.connect().organizations_list()
        self.way.wait_until_left()
        self.assertEqual(self.way.connections, 2)

    def run_program(self, variables: dict[str, str], options: str = "") -> subprocess.CompletedProcess[str]:
        """A program that calls twice, in an environment of its own."""
        program = (
            "import os\n"
            "from cryptocomply import ApiKey, CryptoComply\n"
            f"client = CryptoComply(base_url=os.environ['SERVICE'], credential=ApiKey(os.environ['KEY']), attempts=1{options})\n"
            "for _ in range(2): print(client.organizations_list()[0]['name'])\n"
        )
        kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        environment = {**kept, "KEY": WORLD["key"], **variables}
        return subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)

    def test_in_clear_a_proxy_is_asked_for_the_service_by_name_with_its_own_login(self) -> None:
        proxy = self.way.url.replace("//", "//scott:t%40ger@")
        told = self.run_program(
            {"http_proxy": proxy, "SERVICE": "http://auth.internal:8000"}, options=", allow_http=True"
        )
        self.assertEqual((told.stdout, told.stderr), (f"{NAME}\n{NAME}\n", ""))
        self.assertEqual(self.way.requests, ["GET http://auth.internal:8000/api/orgs/"] * 2)
        self.assertEqual(self.way.proxy_logins, ["Basic c2NvdHQ6dEBnZXI="] * 2)
        self.assertEqual(self.way.connections, 1)

    def test_over_tls_a_proxy_is_told_the_host_alone_and_what_no_proxy_names_passes_it(self) -> None:
        proxied = {"https_proxy": self.way.url.replace("//", "//scott:t%40ger@"), "SERVICE": "https://127.0.0.1:1"}
        self.way.next(BAD_GATEWAY)
        self.assertIn("NoAnswerError", self.run_program(proxied).stderr)
        self.assertEqual(self.way.seen, [("CONNECT 127.0.0.1:1", None)])
        self.assertEqual(self.way.proxy_logins, ["Basic c2NvdHQ6dEBnZXI="])
        self.way.next()
        self.assertIn("NoAnswerError", self.run_program({**proxied, "no_proxy": "127.0.0.1"}).stderr)
        self.assertEqual(self.way.requests, [])

    def test_a_certificate_must_be_of_an_authority_that_the_machine_trusts(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "server.pem")
            made = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -addext subjectAltName=IP:127.0.0.1"
            subprocess.run([*made.split(), "-keyout", file, "-out", file], check=True, capture_output=True)
            way = UnreliableWay(WORLD["url"], str(file))
            try:
                self.assertIn("CERTIFICATE_VERIFY_FAILED", self.run_program({"SERVICE": way.url}).stderr)
                self.assertEqual(way.requests, [])
                way.next()
                told = self.run_program({"SERVICE": way.url, "SSL_CERT_FILE": str(file)})
                self.assertEqual((told.stdout, told.stderr), (f"{NAME}\n{NAME}\n", ""))
                self.assertEqual((len(way.requests), way.connections), (2, 1))
            finally:
                way.close()


class ListsAndErrors(ClientTest):
    def test_all_entries_come_page_by_page_by_the_filters_that_were_given(self) -> None:
        members = self.connect().members_list(org_pk=ORG, page_size=2, ordering="id", status="active")
        emails = [member["user"]["email"] for member in members]
        self.assertEqual(emails, WORLD["members"])
        self.assertEqual(len(self.way.requests), 3)
        self.assertEqual([(len(page.results), page.count) for page in members.pages()], [(2, 5), (2, 5), (1, 5)])

    def test_an_error_is_of_the_class_of_its_code_with_all_that_the_service_said(self) -> None:
        with self.assertRaises(errors.ReadOnlyKeyError) as caught:
            self.connect(ApiKey(WORLD["read_only_key"])).organizations_update(
                org_pk=ORG, body={"name": "New"}, options={"headers": {"X-Request-Id": "my-own-request"}}
            )
        error = caught.exception
        self.assertEqual((error.status, error.code, error.request_id), (403, "read_only_key", "my-own-request"))
        self.assertEqual(error.detail, "This API key is read-only. Use a full-access key for write requests.")

    def test_bad_input_is_told_by_field(self) -> None:
        with self.assertRaises(errors.InvalidError) as caught:
            self.connect().members_invite(org_pk=ORG, body={"email": "nobody", "role": "Viewer"})
        self.assertEqual(caught.exception.fields, {"email": ["Enter a valid email address."]})

    def test_refusals_without_a_code_are_known_by_their_form(self) -> None:
        with self.assertRaises(errors.InvalidPageError):
            list(self.connect().members_list(org_pk=ORG, page="99"))
        self.way.next(Answered(413, "<h1>Too large</h1>", {"content-type": "text/html"}))
        with self.assertRaises(ApiError) as caught:
            self.connect().organizations_list()
        self.assertEqual((caught.exception.status, caught.exception.code), (413, "413"))

    def test_a_report_of_leaked_keys_goes_as_a_list_of_keys_and_as_scanners_write_it(self) -> None:
        client = CryptoComply(base_url=self.way.url)
        outcomes = [{"index": 0, "outcome": "revoked"}]
        as_keys = client.presented_keys_report_leak(body={"keys": [WORLD["leaked"][0]]})
        as_found = client.presented_keys_report_leak(body=[{"Secret": WORLD["leaked"][1]}])
        self.assertEqual([as_keys["results"], as_found["results"]], [outcomes, outcomes])

    def test_what_is_no_json_comes_whole_or_piece_by_piece(self) -> None:
        client = self.connect()
        client.organizations_update(org_pk=ORG, body={"name": "Renamed"})
        client.organizations_update(org_pk=ORG, body={"name": NAME})
        path, query = f"/api/orgs/{ORG}/audit-events/", {"format": "ndjson", "action": "organization.changed"}
        whole = client.send("GET", path, query=query).text.splitlines()
        self.assertGreaterEqual(len(whole), 2)
        with client.stream("GET", path, query=query) as lines:
            self.assertEqual([line.decode().rstrip("\n") for line in lines], whole)


class KeysThatEnd(ClientTest):
    def test_a_key_that_expires_soon_and_one_that_was_rotated_are_warned_about_once_each(self) -> None:
        told: list[KeyWarning] = []
        client = self.connect(ApiKey(WORLD["ending_keys"][0]), on_warning=told.append)
        client.organizations_list()
        expires_at = client.current_key_get()["expires_at"]
        self.assertEqual([(one.kind, one.expires_at) for one in told], [("expiring", expires_at)])
        successor = self.connect(ApiKey(WORLD["ending_keys"][0]), on_warning=lambda _: None).rotate()
        client.organizations_list()
        client.organizations_list()
        self.assertEqual([one.superseded_by for one in told], [None, successor["prefix"]])

    def test_unless_told_the_program_is_warned_as_programs_in_python_are(self) -> None:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self.connect(ApiKey(WORLD["ending_keys"][1])).organizations_list()
        self.assertEqual(len(caught), 1)
        self.assertIn("The access key expires at ", str(caught[0].message))

    def test_a_refusal_warns_as_well_as_what_succeeds(self) -> None:
        told: list[KeyWarning] = []
        client = self.connect(ApiKey(WORLD["ending_keys"][2]), on_warning=told.append)
        with self.assertRaises(errors.NotFoundError):
            client.organizations_retrieve(org_pk=2_147_483_647)
        self.assertEqual([one.kind for one in told], ["expiring"])
        again: list[KeyWarning] = []
        client = self.connect(ApiKey(WORLD["ending_keys"][2]), on_warning=again.append)
        with self.assertRaises(errors.NotFoundError):
            client.stream("GET", "/api/orgs/2147483647/")
        self.assertEqual(again, told)

    def test_who_makes_errors_of_warnings_gets_the_answer_all_the_same_and_reads_of_it_in_the_log(self) -> None:
        client = self.connect(ApiKey(WORLD["ending_keys"][2]))
        with warnings.catch_warnings(), self.assertLogs("cryptocomply", "WARNING") as log:
            warnings.simplefilter("error")
            self.assertEqual(len(client.organizations_list()), 1)
        self.assertEqual(self.way.requests, ["GET /api/orgs/"])
        self.assertEqual(len(log.records), 1)
        self.assertIn("The access key expires at ", log.records[0].getMessage())

    def test_who_is_warned_may_rotate_and_a_rotation_warns_of_nothing(self) -> None:
        rotated: list[IssuedKeyAnswer] = []
        client: CryptoComply = self.connect(
            ApiKey(WORLD["ending_keys"][4]), on_warning=lambda _: rotated.append(client.rotate())
        )
        client.organizations_list()
        self.assertEqual(self.way.requests, ["GET /api/orgs/", "POST /api/auth/access-keys/current/rotate/"])
        self.way.next()
        last = client.rotate()  # the successor's life ends as soon
        self.assertEqual(self.way.requests, ["POST /api/auth/access-keys/current/rotate/"])
        self.assertEqual((len(rotated), last["replaces"]), (1, rotated[0]["id"]))

    def test_rotations_at_once_are_one(self) -> None:
        asked = Event()

        class Watched(ApiKey):
            @property
            def prefix(self) -> str:
                if watching:
                    asked.set()
                return super().prefix

        watching = False
        client = self.connect(Watched(WORLD["keys"][2]))
        second: list[IssuedKeyAnswer] = []
        other = Thread(target=lambda: second.append(client.rotate()))

        def keep(_: IssuedKeyAnswer) -> None:
            nonlocal watching
            watching = True
            other.start()
            self.assertTrue(asked.wait(60))

        first = client.rotate(keep=keep)
        other.join()
        self.assertEqual(second, [first])
        self.assertEqual(self.way.requests, ["POST /api/auth/access-keys/current/rotate/"])

    def test_what_stores_a_successor_can_not_rotate_again_and_the_old_key_stays(self) -> None:
        credential = ApiKey(WORLD["keys"][3])
        before = credential.prefix
        client = self.connect(credential)
        with self.assertRaises(RuntimeError):
            client.rotate(keep=lambda _: client.rotate())
        self.assertEqual(credential.prefix, before)
        self.assertEqual(client.current_key_get()["prefix"], before)

    def test_a_warning_that_can_not_be_told_is_no_failure_of_what_was_done(self) -> None:
        def broken(_: KeyWarning) -> None:
            raise NoAnswerError("The pager does not answer.")

        client = self.connect(ApiKey(WORLD["ending_keys"][3]), on_warning=broken)
        with self.assertLogs("cryptocomply", "WARNING") as log:
            self.assertEqual(len(client.organizations_list()), 1)
        self.assertEqual(self.way.requests, ["GET /api/orgs/"])
        self.assertIn("The pager does not answer.", log.output[0])
        with client.stream("GET", "/api/orgs/") as answer:
            self.assertEqual(json.load(answer)[0]["name"], NAME)

    def test_rotate_keeps_the_successor_first_then_goes_on_with_it(self) -> None:
        credential = ApiKey(WORLD["keys"][0])
        before = credential.prefix
        client = self.connect(credential, on_warning=lambda _: None)
        stored: list[str] = []

        def store(issued: IssuedKeyAnswer) -> None:
            self.assertEqual(credential.prefix, before)
            stored.append(issued["key"])

        issued = client.rotate({"grace_seconds": 60}, keep=store)
        self.assertEqual(stored, [issued["key"]])
        self.way.next()
        self.assertEqual(client.current_key_get()["id"], issued["id"])
        self.assertEqual([authorization for _, authorization in self.way.seen], [f"Api-Key {stored[0]}"])
        self.assertEqual(len(self.connect(ApiKey(WORLD["keys"][0]), on_warning=lambda _: None).organizations_list()), 1)

    def test_what_could_not_be_kept_is_not_used_and_a_lost_answer_is_asked_for_again(self) -> None:
        credential = ApiKey(WORLD["keys"][1])
        before = credential.prefix
        client = self.connect(credential, on_warning=lambda _: None)

        def full_disk(_: IssuedKeyAnswer) -> None:
            raise OSError("The disk is full.")

        with self.assertRaises(OSError):
            client.rotate(keep=full_disk)
        self.assertEqual(credential.prefix, before)
        self.way.next("lost")
        issued = client.rotate()
        self.assertEqual(len(self.way.requests), 2)
        self.assertEqual(client.current_key_get()["id"], issued["id"])


if __name__ == "__main__":
    unittest.main()
