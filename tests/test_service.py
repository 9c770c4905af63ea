"""The service as its clients meet it, over real HTTP: what it answers, what it refuses, what it survives."""

from __future__ import annotations

import contextlib
import csv
import importlib
import io
import json
import multiprocessing
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from guide_blocks import blocks
from jsonschema import Draft202012Validator
from rule_samples import GOOD, SLOW, WORDS
from service_samples import LIMITS, TEXT, Asked, serving
from typer.testing import CliRunner

import extractor
from extractor.batch.timeouts import guard_here
from extractor.cli import build_app
from extractor.knowledge.sources import RuleFile
from extractor.rulelang.ruleset import builtin_ruleset, load_ruleset

pytest.importorskip("fastapi", reason="fastapi is missing: pip install -e '.[serve]'")
pytest.importorskip("uvicorn", reason="uvicorn is missing: pip install -e '.[serve]'")

from extractor.errors import InputError
from extractor.service.gate import Hosts
from extractor.service.limits import DenialError, Limits
from extractor.service.listing import rule_yaml
from extractor.service.server import is_loopback, listen
from extractor.service.work import Bench, Order

BODY = 1_000_000
DOCS = Path(__file__).parent.parent / "docs"
USUAL = "http://127.0.0.1:8765"


@pytest.fixture(scope="module")
def service() -> Iterator[Asked]:
    with serving(processes=2) as asked:
        yield asked


def record(text: str, **given: Any) -> Any:
    return json.loads(json.dumps(extractor.parse(text, **given).model_dump(mode="json")))


def test_one_abstract_and_several(service: Asked) -> None:
    one = service.post("/parse", {"abstract": TEXT, "id": "0704.0010", "title": "Lumo"})
    assert one.status == 200
    assert one.json == record(TEXT, id="0704.0010", title="Lumo")
    several = service.post("/parse", {"papers": [{"abstract": "It is 2x louder."}, {"abstract": TEXT}]})
    assert several.json == {"extractions": [record("It is 2x louder."), record(TEXT)]}


def test_many_abstracts_are_answered_in_their_order(service: Asked) -> None:
    papers = [{"abstract": f"LumoNet is {n}x faster than FooBench.", "id": f"p{n}"} for n in range(2, 25)]
    got = service.post("/parse", {"papers": papers}).json["extractions"]
    assert got == [record(paper["abstract"], id=paper["id"]) for paper in papers]
    table = service.post("/parse?format=csv", {"papers": papers}).body.decode()
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["id"] for row in rows if row["kind"] == "speedup"] == [paper["id"] for paper in papers]


def test_what_took_time_is_told(service: Asked) -> None:
    told = service.post("/parse", {"abstract": TEXT}).headers["server-timing"]
    assert re.fullmatch(r'queue;dur=\d+\.\d;desc="\d+ ahead", work;dur=\d+\.\d', told)


def test_choice_of_kinds_and_confidence(service: Asked) -> None:
    def kinds(query: str) -> list[str]:
        return [claim["kind"] for claim in service.post(f"/parse?{query}", {"abstract": TEXT}).json["claims"]]

    assert kinds("") == ["speedup", "dataset", "hardware"]
    assert kinds("kinds=speedup&kinds=hardware") == ["speedup", "hardware"]
    assert kinds("min_confidence=1") == []


def test_a_table_no_spreadsheet_evaluates(service: Asked) -> None:
    text = "=HYPERLINK LumoNet is 3x faster than =FooBench on +QuiltQA."
    reply = service.post("/parse?format=csv", {"abstract": text, "id": '=cmd|" /C calc"!A0'})
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in reply.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(reply.body.decode())))
    assert rows[0]["value"] == "3"
    assert {row["id"] for row in rows} == {'\'=cmd|" /C calc"!A0'}
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "@"))]


def test_the_guide_does_what_it_says(service: Asked) -> None:
    page, out = DOCS / "serve.md", ""
    done = []
    for what, block in blocks(page):
        if what == "python":
            with contextlib.redirect_stdout(io.StringIO()) as stream:
                exec(compile(block.replace(USUAL, service.address.rstrip("/")), page.name, "exec"), {})
            out = stream.getvalue()
        else:
            assert (what, out) == ("prints", block)
        done.append(what)
    assert done == ["python", "prints"]
    curl = re.search(r"<!-- curl -->\n```\w*\n\$ (.*?)\n```", page.read_text(encoding="utf-8"))
    assert curl is not None
    _, _, header, _, data, address = shlex.split(curl[1])
    reply = service.ask("POST", address.removeprefix(USUAL), data.encode(), dict([header.split(": ")]))
    assert reply.json == record(json.loads(data)["abstract"])


def test_explanations(service: Asked) -> None:
    told = service.post("/explain", {"text": "LumoNet is 3x faster; we use 12 rabbits."}).json
    values = [value for sentence in told["sentences"] for value in sentence["values"]]
    assert [(value["text"], bool(value["claim"])) for value in values] == [("3x", True), ("12", False)]
    assert values[0]["rules"][0]["outcome"] == "claims it"


def test_what_it_can_do_is_listed(service: Asked) -> None:
    schema = service.ask("GET", "/schema").json
    assert schema == json.loads(json.dumps(extractor.json_schema()))
    Draft202012Validator(schema).validate(service.post("/parse", {"abstract": TEXT}).json)
    assert {kind["name"] for kind in service.ask("GET", "/kinds").json} >= {"speedup", "dataset"}
    rules = service.ask("GET", "/rules?kind=relative&status=stable").json
    assert {rule["kind"] for rule in rules} == {"relative"}
    assert not [rule for rule in rules if "/" in rule["file"]]
    health = service.ask("GET", "/health").json
    assert (health["status"], health["version"]) == ("ok", extractor.__version__)
    paths = service.ask("GET", "/openapi.json").json["paths"]
    assert set(paths) >= {"/parse", "/explain", "/schema", "/kinds", "/rules", "/rules/check", "/health"}
    assert service.ask("GET", "/docs").status == 404  # its page would fetch scripts from elsewhere


def test_every_answer_is_closed_to_other_pages(service: Asked) -> None:
    for reply in (service.ask("GET", "/health"), service.ask("GET", "/nothing"), service.post("/parse", {})):
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["content-security-policy"].startswith(
            "default-src 'none'; frame-ancestors 'none'"
        )
        assert "access-control-allow-origin" not in reply.headers
        assert "server" not in reply.headers


REFUSED: list[tuple[str, str, Any, dict[str, str], int, str]] = [
    ("POST", "/parse", b"{", {}, 400, "not-json"),
    ("POST", "/parse", b"", {"content-type": "application/json"}, 422, "invalid"),
    ("POST", "/parse", b'{"abstract": "\xff"}', {}, 400, "not-json"),
    ("POST", "/parse", b'{"abstract": ' + b"9" * 9000 + b"}", {}, 400, "not-json"),
    ("POST", "/parse", b"[" * 100_000, {}, 400, "not-json"),
    ("POST", "/parse", b'{"papers": ' + b"[" * 400 + b"]" * 400 + b"}", {}, 422, "invalid"),
    ("POST", "/parse", {"abstract": 3}, {}, 422, "invalid"),
    ("POST", "/parse", {"abstract": "a" * 20_001}, {}, 422, "invalid"),
    ("POST", "/parse", {"abstract": "a", "file": "/etc/hosts"}, {}, 422, "invalid"),
    ("POST", "/parse", {"papers": []}, {}, 422, "invalid"),
    ("POST", "/parse", {"papers": [{"abstract": "a"}] * 201}, {}, 422, "invalid"),
    ("POST", "/parse", {"papers": [{"abstract": "a"}, {"abstract": None}]}, {}, 422, "invalid"),
    ("POST", "/parse?min_confidence=nan", {"abstract": "a"}, {}, 422, "invalid"),
    ("POST", "/parse?kinds=wonder", {"abstract": "a"}, {}, 422, "kind"),
    ("POST", "/parse?format=html", {"abstract": "a"}, {}, 422, "invalid"),
    ("POST", "/explain", {"text": ["a"]}, {}, 422, "invalid"),
    ("POST", "/rules/check", {"rules": "#" * 50_001}, {}, 422, "invalid"),
    ("POST", "/parse", b"a" * (BODY + 1), {}, 413, "too-large"),
    ("POST", "/parse", b"{}", {"content-type": "text/plain"}, 415, "type"),
    ("GET", "/health", None, {"host": "rebound.example"}, 421, "host"),
    ("GET", "/health", None, {"host": "127.0.0.1.rebound.example:80"}, 421, "host"),
    ("GET", "/health", None, {"host": "localhost@rebound.example"}, 421, "host"),
    ("POST", "/parse", {"abstract": "a"}, {"origin": "https://elsewhere.example"}, 403, "origin"),
    ("POST", "/parse", {"abstract": "a"}, {"origin": "null"}, 403, "origin"),
    ("GET", "/parse", None, {}, 405, "method"),
    ("GET", "/../../etc/passwd", None, {}, 404, "not-found"),
    ("GET", "/rules/%2e%2e%2fsecret", None, {}, 404, "not-found"),
]


@pytest.mark.parametrize("asked", REFUSED, ids=range(len(REFUSED)))
def test_what_is_refused_says_why(
    service: Asked, asked: tuple[str, str, Any, dict[str, str], int, str]
) -> None:
    *request, status, code = asked
    reply = service.ask(*request)
    assert (reply.status, reply.code) == (status, code)


def test_faults_name_their_place(service: Asked) -> None:
    def where(body: Any) -> tuple[str | None, str]:
        error = service.post("/parse", body).json["error"]
        return error.get("where"), error["message"]

    papers = {"papers": [{"abstract": "a"}, {"abstract": 3}]}
    assert where(papers) == ("papers[1].abstract", "must be a string, not a number")
    assert where({"title": "a"}) == ("abstract", "is missing")
    assert where({"text": "a"}) == ("abstract", "is missing, and 'text' is not known here")
    assert where({"papers": [{"id": "a"}]}) == ("papers[0].abstract", "is missing")
    assert where({"papers": []}) == ("papers", "must have at least 1 item, not 0")
    error = service.post("/explain", {"abstract": "a"}).json["error"]
    assert (error["where"], error["message"]) == ("text", "is missing, and 'abstract' is not known here")
    error = service.post("/parse?format=xml", {"abstract": "a"}).json["error"]
    assert (error["where"], error["message"]) == ("format", "must be 'json' or 'csv'")
    assert where({"abstract": "a" * 20_001}) == ("abstract", "has 20,001 characters; at most 20,000 are read")


def test_own_names_are_let_in(service: Asked) -> None:
    for host in ("localhost", f"LOCALHOST:{service.port}", "127.0.0.1:1", "[::1]:80"):
        assert service.ask("GET", "/health", headers={"host": host}).status == 200
    origin = {"origin": f"http://localhost:{service.port}"}
    assert service.ask("POST", "/parse", {"abstract": "a"}, origin).status == 200


@pytest.mark.parametrize(
    ("host", "alone", "public"),
    [
        ("localhost", True, True),
        ("lumo.example:8080", True, True),
        ("10.0.0.7", False, True),
        ("[fe80::1]:80", False, True),
        ("other.example", False, False),
        ("localhost:port", False, False),
        ("", False, False),
        ("[::1", False, False),
    ],
)
def test_hosts(host: str, alone: bool, public: bool) -> None:
    assert Hosts(["Lumo.Example."]).knows(host) is alone
    assert Hosts(["lumo.example"], others=True).knows(host) is public


HOSTILE = "<script>alert(1)</script></script> \x1b[31m \x9b31m \u202e 3x faster \ud800 =1+1 \x00 \u2028"


@pytest.mark.parametrize("path", ["/parse", "/explain", "/try"])
def test_hostile_text_comes_back_whole_and_harmless(service: Asked, path: str) -> None:
    name = "abstract" if path == "/parse" else "text"
    reply = service.post(path, {name: HOSTILE})
    assert reply.status == 200
    whole = reply.json["doc"] if path == "/try" else reply.json
    assert whole["text" if path == "/try" else name] == HOSTILE
    written = reply.body.decode()
    assert not [sign for sign in "\x00\x1b\x9b\u202e\u2028" if sign in written]
    assert reply.headers["content-type"] == "application/json"


def test_rules_are_checked_and_tried(service: Asked) -> None:
    told = service.post("/rules/check", {"rules": GOOD}).json
    assert told["problems"] == []
    assert [(test["sort"], test["ok"]) for test in told["tests"]] == [("example", True), ("reject", True)]
    told = service.post("/rules/check", {"rules": GOOD.replace("3x louder", "3x snappier")}).json
    assert [test["ok"] for test in told["tests"]] == [True, False]
    (problem,) = service.post("/rules/check", {"rules": GOOD.replace("{vals}", "{valz}")}).json["problems"]
    assert (problem["line"], problem["rule"]) == (6, "relative.snappier")
    (problem,) = service.post("/rules/check", {"rules": "type: hardware\ngpu: [A1]"}).json["problems"]
    assert problem["message"].startswith("only rules can be tried here")


def test_what_rules_change_is_shown(service: Asked) -> None:
    told = service.post("/try", {"text": "LumoNet is 3x snappier.", "rules": GOOD}).json
    (change,) = told["changes"]
    assert (change["how"], change["claim"]["k"], change["claim"]["t"]) == ("new", "speedup", "3x")
    assert [claim["r"] for claim in told["shown"]["doc"]["claims"]] == ["relative.snappier"]
    plain = service.post("/try", {"text": "LumoNet is 3x snappier."}).json
    assert [(entry["t"], entry["what"]) for entry in plain["no"]] == [("LumoNet", "name"), ("3x", "number")]


def test_every_rule_can_be_taken_from_the_page_and_loaded_again() -> None:
    rules = builtin_ruleset().rules
    again = load_ruleset(*(RuleFile(f"{rule.id}.yaml", rule_yaml(rule)) for rule in rules)).rules
    assert len(again) > 300
    for old, new in zip(rules, again, strict=True):
        assert (new.id, new.pattern, new.settings) == (old.id, old.pattern, old.settings)
        told = [[(each.text, each.known_failure) for each in rule.examples] for rule in (old, new)]
        assert sorted(told[0]) == sorted(told[1])
        assert [each.text for each in new.rejects] == [each.text for each in old.rejects]


FILES = [
    "rules: !include /etc/hostname",
    "a: &a [x]\nrules: *a",
    "[" * 40_000,
    "rules: [{id: ../../x}]",
    "\x00",
]


@pytest.mark.parametrize("rules", FILES, ids=range(len(FILES)))
def test_rules_of_strangers_read_no_file(service: Asked, rules: str) -> None:
    reply = service.post("/rules/check", {"rules": rules})
    assert reply.status == 200
    assert reply.json["problems"]
    assert str(Path(extractor.__file__).parent.parent).encode() not in reply.body


def test_slow_and_half_closed_connections_hold_nothing(service: Asked) -> None:
    head = "POST /parse HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: "
    whole = json.dumps({"abstract": TEXT}).encode()
    started = time.monotonic()
    got: dict[str, bytes] = {}

    def send(name: str, sent: bytes, half: bool = False) -> None:
        got[name] = service.raw(sent, half=half)

    cases = {
        "nothing": (b"", False),
        "part of a head": (b"GET /health HTT", False),
        "part of a body": (f"{head}100\r\n\r\n{{".encode(), False),
        "half closed": (f"{head}100\r\n\r\n{{".encode(), True),
        "whole, then half closed": (f"{head}{len(whole)}\r\n\r\n".encode() + whole, True),
        "no HTTP": (b"\x16\x03\x01 hello\r\n\r\n", False),
        "two lengths": (f"{head}3\r\ncontent-length: 4\r\n\r\n{{}}".encode(), False),
        "chunks beyond the limit": (
            head.replace("content-length: ", "transfer-encoding: chunked\r\n\r\n").encode()
            + b"10000\r\n" + b" " * 65536 + b"\r\n", False,
        ),
        "a long head": (b"GET / HTTP/1.1\r\nx: " + b"a" * 40_000, False),
        "no host": (b"GET /health HTTP/1.0\r\n\r\n", False),
    }  # fmt: skip
    threads = [threading.Thread(target=send, args=(name, *case)) for name, case in cases.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(12)
    assert time.monotonic() - started < 12
    assert got["nothing"] == got["part of a head"] == b""
    statuses = {name: reply.split(b" ", 2)[1] for name, reply in got.items() if reply}
    assert statuses.pop("whole, then half closed") == b"200"
    assert statuses.pop("part of a body") == b"408"
    assert set(statuses.values()) <= {b"400", b"408", b"413", b"421"}
    assert service.ask("GET", "/health").status == 200


def test_twenty_clients_at_once(service: Asked) -> None:
    seen: Counter[int] = Counter()
    wrong = []
    until = time.monotonic() + 1.5
    wanted = record(TEXT)

    def client(number: int) -> None:
        while time.monotonic() < until:
            if number == 0:
                reply = service.post("/parse", {"papers": [{"abstract": TEXT}] * 50})
            elif number == 1:
                reply = service.post("/parse", b"a" * (BODY + 1))
            else:
                reply = service.post("/parse", {"abstract": TEXT})
                if reply.json != wanted:
                    wrong.append(reply)
            seen[reply.status] += 1

    threads = [threading.Thread(target=client, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == []
    assert set(seen) == {200, 413}
    assert seen[200] > 20


def processes() -> list[int]:
    """The processes of the service."""
    children = [child for child in multiprocessing.active_children() if child.name == "extractor-service"]
    return [child.pid for child in children if child.pid is not None]


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs signals that hold a process")
def test_more_requests_than_may_wait_are_sent_away(service: Asked) -> None:
    statuses: Counter[int] = Counter()

    def client() -> None:
        reply = service.post("/parse", {"abstract": TEXT})
        statuses[reply.status] += 1
        assert reply.status == 200 or (reply.code, reply.headers["retry-after"]) == ("busy", "1")

    threads = [threading.Thread(target=client) for _ in range(int(LIMITS["waiting"]) + 10)]
    held = processes()
    for process in held:
        os.kill(process, signal.SIGSTOP)
    try:
        for thread in threads:
            thread.start()
        until = time.monotonic() + 20
        while statuses[429] < 10 and time.monotonic() < until:
            time.sleep(0.02)
    finally:
        for process in held:
            os.kill(process, signal.SIGCONT)
    for thread in threads:
        thread.join(60)
    assert statuses == {429: 10, 200: LIMITS["waiting"]}


def test_a_process_that_dies_is_replaced(service: Asked) -> None:
    os.kill(processes()[0], signal.SIGKILL)
    paths = {"/parse": {"abstract": TEXT}, "/rules/check": {"rules": GOOD}}
    for path, body in paths.items():
        replies = [service.post(path, body) for _ in range(3)]
        assert {reply.status for reply in replies} <= {200, 503}
        assert [reply.code for reply in replies if reply.status == 503] in ([], ["ended"])
    assert {service.post(path, body).status for path, body in paths.items()} == {200}


def test_the_load_script_asks_for_everything(service: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DOCS.parent / "scripts"))
    load = importlib.import_module("load_service")
    client = load.Client((service.host, service.port), [TEXT], load.Seen(), 0)
    statuses = {name: getattr(client, f"_{name.replace(' ', '_')}")() for name in load.SHARE}
    ok = dict.fromkeys(("one", "several", "explain", "rules"), "200")
    assert statuses == {**ok, "too large": "413", "deep": "400", "half closed": "415", "slow": "closed"}


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_the_command_warns_of_others_and_ends_as_it_is_told() -> None:
    options = ["--host", "0.0.0.0", "--port", "0", "--processes", "1"]
    command = [sys.executable, "-m", "extractor", "serve", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("warning: whoever reaches 0.0.0.0 can use the service")
        assert process.stderr.readline().startswith("loading")
        ready = re.match(r"ready: http://0.0.0.0:(\d+)/", process.stderr.readline())
        assert ready is not None
        asked = Asked("127.0.0.1", int(ready[1]))
        assert asked.ask("GET", "/health", headers={"host": "10.1.2.3"}).status == 200
        assert asked.ask("GET", "/health", headers={"host": "rebound.example"}).code == "host"
        process.terminate()
        assert process.wait(30) == 143
        assert process.stderr.read() == "ended by SIGTERM\n"


def test_a_rule_that_takes_too_long_is_named() -> None:
    with guard_here() as guard:
        bench = Bench(
            (RuleFile("/somewhere/slow.yaml", SLOW % "It is 3x so much snappier."),), Limits(seconds=0.5)
        )
        bench.warm_up(explaining=False)
        order = Order("explain", {"text": WORDS})
        denial = bench.do(order, guard)
    assert isinstance(denial, DenialError)
    assert (denial.status, denial.code) == (422, "too-slow")
    assert (
        denial.message
        == "took longer than 0.5 s, in the pattern of rule relative.slow; send less text at once"
    )


def test_a_paper_of_many_that_takes_too_long_is_named() -> None:
    slow = RuleFile("slow.yaml", SLOW % "It is 3x so much snappier.")
    with guard_here() as guard:
        bench = Bench((slow,), Limits())
        given = {"papers": [(TEXT, None, None), (WORDS, None, None)], "first": 8, "kinds": (), "form": "json"}
        denial = bench.do(Order("parse", {**given, "min_confidence": 0.0}, seconds=0.5), guard)
    assert isinstance(denial, DenialError)
    assert (denial.code, denial.where) == ("too-slow", "papers[9]")


def test_an_answer_beyond_the_limit_is_refused() -> None:
    with guard_here() as guard:
        denial = Bench((), Limits(answer=100)).do(Order("show", {"text": TEXT, "form": "page"}), guard)
    assert isinstance(denial, DenialError)
    assert denial.code == "too-large"


def test_a_port_that_is_taken() -> None:
    with listen("127.0.0.1", 0) as opened:
        port = opened.getsockname()[1]
        with pytest.raises(InputError, match=f"port {port} of 127.0.0.1 cannot be opened"):
            listen("127.0.0.1", port)
    with pytest.raises(InputError, match="--host"):
        listen("no such name.invalid", 0)


def test_loopback() -> None:
    assert [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "127.9.9.9")] == [True] * 4
    assert [is_loopback(host) for host in ("0.0.0.0", "::", "10.0.0.1", "lumo.example")] == [False] * 4


def test_without_its_packages_the_command_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("extractor.service")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "fastapi", None)
    result = CliRunner().invoke(build_app(), ["serve"])
    assert isinstance(result.exception, InputError)
    assert 'pip install "paperclaims[serve]"' in str(result.exception)
