"The docs site as a reader has it: links, search, a phone's width, other hosts, accessibility; in a real browser."

import filecmp
import functools
import importlib
import inspect
import json
import pkgutil
import re
import subprocess
import tempfile
import threading
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from browser import CHROMIUM, FLAGS
from conftest import ROOT
from pydantic import BaseModel

import lorasent
from lorasent.model.baselines import Baseline
from lorasent.site import parameters

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("site")]
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
LOOKED_AT = [  # a page of each kind
    "index.html",
    "tour.html",
    "how-to/many-runs.html",
    "tutorials/first_run.html",
    "configuration.html",
    "api/training/fitting.html",
    "reports.html",
    *(f"reports/{path.parent.name}/report.html" for path in (ROOT / "reports" / "evidence").glob("*/report.html")),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    from lorasent.site import build

    return build(ROOT, tmp_path_factory.mktemp("site") / "docs")


def public() -> list[tuple[str, object]]:
    "Every public function and class of the package, but for commands, whose options are described by typer."
    names = [package.name for package in pkgutil.walk_packages(lorasent.__path__, "lorasent.")]
    found = []
    for name in (o for o in names if o not in ("lorasent._modidx", "lorasent.cli")):
        module = importlib.import_module(name)
        things = [getattr(module, o) for o in getattr(module, "__all__", [])]
        found += [(name, thing) for thing in things if getattr(thing, "__module__", "") == name and callable(thing)]
    return found


def signature_of(function) -> inspect.Signature:
    "Its parameters and result; as classes, unless one of them is only imported for type checkers."
    try:
        return inspect.signature(function, eval_str=True)
    except NameError:
        return inspect.signature(function)


def undescribed(thing) -> list[str]:
    "What a function takes or gives, without a word about it; yes and no, and what is described itself, need none."
    signature = signature_of(thing) if inspect.isfunction(thing) else None
    open_ended = (
        {parameter.name for parameter in signature.parameters.values() if parameter.kind in (2, 4)}
        if signature
        else set()
    )
    own = "bool" if signature is None else getattr(signature.return_annotation, "__module__", "")
    plain = signature is not None and (
        signature.return_annotation in (bool, None) or str(own).startswith(("lorasent", "peft"))
    )
    skipped = open_ended | ({"return"} if plain else set()) | {"cls"}
    return [name for name, (_, _, what) in parameters(thing).items() if not what and name not in skipped]


def test_every_public_name_is_described():
    found = []
    for module, thing in public():
        name = f"{module}.{thing.__name__}"
        if not inspect.getdoc(thing):
            found.append(name)
        if inspect.isclass(thing) and issubclass(thing, (BaseException, BaseModel, Baseline, list)):
            continue  # what they take is that of the class above them; fields of a configuration describe themselves
        if not inspect.isclass(thing) or "__init__" in vars(thing):
            found += [f"{name}: {o}" for o in undescribed(thing)]
        methods = vars(thing).items() if inspect.isclass(thing) else []
        for of, method in methods:
            method = getattr(method, "__func__", method)
            if inspect.isfunction(method) and not of.startswith("_") and not method.__name__.startswith("_"):
                found += [f"{name}.{of}: {o}" for o in undescribed(method) if o != "return"]
                found += [f"{name}.{of}"] if not inspect.getdoc(method) else []
    assert not found


class Links(HTMLParser):
    "The ids of a page, and where it points to."

    def __init__(self, text: str):
        super().__init__()
        self.ids, self.targets = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        seen = dict(attributes)
        self.ids |= {seen[o] for o in ("id", "name") if seen.get(o)}
        self.targets += [seen[o] for o in ("href", "src") if seen.get(o)]


def test_every_link_and_anchor_resolves(site):
    pages = {o: Links(o.read_text(encoding="utf-8")) for o in site.rglob("*.html")}
    assert len(pages) > 60
    broken = []
    for page, links in pages.items():
        for target in links.targets:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            path = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            path = path / "index.html" if path.is_dir() else path
            found = path.is_file() and (not parts.fragment or path not in pages or parts.fragment in pages[path].ids)
            if not found and page.name != "404.html" and "reports" not in page.parts:
                broken.append(f"{page.relative_to(site)}: {target}")
    assert not broken


def test_two_builds_are_the_same(site, tmp_path):
    from lorasent.site import build

    again = build(ROOT, tmp_path / "docs")
    names = sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(again).as_posix() for path in again.rglob("*") if path.is_file())
    assert filecmp.cmpfiles(site, again, names, shallow=False)[0] == names


SCRIPT = """
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const frame = document.querySelector("iframe");
async function open(page) {
  await new Promise((done) => { frame.onload = done; frame.src = page; });
  await wait(40);
  return frame.contentWindow;
}
async function look() {
  const seen = { wide: [], hosts: [], axe: {}, found: "" };
  for (const page of PAGES) {
    const inside = await open(page);
    if (inside.document.documentElement.scrollWidth > 375) seen.wide.push(page);
    const asked = inside.performance.getEntriesByType("resource").map((o) => new URL(o.name).host);
    seen.hosts.push(...asked.filter((o) => o !== location.host));
    if (LOOKED_AT.includes(page)) {
      const rows = [...inside.document.querySelectorAll("tbody")].flatMap((o) => [...o.rows].slice(40));
      rows.forEach((o) => o.remove()); // of a long table all rows are alike
      inside.eval(AXE);
      const result = await inside.axe.run(inside.document, { resultTypes: ["violations"] });
      seen.axe[page] = result.violations.filter((o) => ["serious", "critical"].includes(o.impact))
        .map((o) => `${o.id}: ${o.nodes.map((n) => n.target.join(" ")).slice(0, 4).join(", ")}`);
    }
  }
  frame.style.width = "1200px";
  const inside = await open("index.html");
  inside.document.querySelector(".md-search__button").click();
  for (let i = 0; i < 100 && !seen.found.includes("RunConfig"); i++) {
    await wait(200);
    const roots = [...inside.document.querySelectorAll("div")].map((o) => o.shadowRoot);
    const root = roots.find((o) => o?.querySelector("input"));
    const input = root?.querySelector("input[role=combobox]");
    if (input && input.value !== "RunConfig") {
      input.value = "RunConfig";
      input.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
    }
    seen.found = root?.querySelector("ol")?.innerText ?? "";
  }
  return seen;
}
look().catch((error) => ({ error: String(error) }))
  .then((seen) => fetch("/seen", { method: "POST", body: JSON.stringify(seen) }));
"""


class Handler(SimpleHTTPRequestHandler):
    "Serves the site, a page that walks through it, and hears what that page has seen."

    def do_GET(self):
        if self.path.endswith("/report.html"):  # whose policy would forbid the walker's script
            page = Path(self.translate_path(self.path)).read_text(encoding="utf-8")
            return self._answer(re.sub("<meta http-equiv[^>]*>", "", page))
        if self.path != "/walk.html":
            return super().do_GET()
        self._answer(
            f"<body><iframe style='width:375px;height:800px'></iframe><script>{self.server.script}</script></body>"
        )

    def _answer(self, page: str):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page.encode())

    def do_POST(self):
        self.server.seen = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(204)
        self.end_headers()
        self.server.heard.set()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def walked(site) -> dict:
    "What a browser has seen on every page of the site."
    pages = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html") if path.name != "404.html")
    axe = (Path(find_spec("axe_core_python").origin).parent / "axe.min.js").read_text(encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=site))
    seen = [f"const {name} = {json.dumps(o)};" for name, o in dict(PAGES=pages, LOOKED_AT=LOOKED_AT, AXE=axe).items()]
    server.script = "\n".join([*seen, SCRIPT]).replace("</script", "<\\/script")
    server.heard = threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as profile, tempfile.TemporaryFile() as errors:
        address = f"http://127.0.0.1:{server.server_port}/walk.html"
        command = [
            CHROMIUM,
            *FLAGS,
            "--enable-logging=stderr",
            f"--user-data-dir={profile}",
            "--remote-debugging-port=0",
            address,
        ]
        browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        try:
            assert server.heard.wait(300), "the browser has not come to the end of the site"
        finally:
            browser.terminate()
            browser.wait()
            server.shutdown()
        errors.seek(0)
        lines = errors.read().decode(errors="replace").splitlines()
    return server.seen | dict(console=[line for line in lines if "CONSOLE" in line])


@needs_browser
def test_no_page_is_wider_than_a_phone(walked):
    assert "error" not in walked and not walked["wide"]


@needs_browser
def test_no_other_host_is_asked(walked):
    assert not walked["hosts"]


@needs_browser
def test_the_console_is_silent(walked):
    assert not walked["console"]


@needs_browser
def test_search_finds_what_is_described(walked):
    assert "RunConfig" in walked["found"]


@needs_browser
@pytest.mark.parametrize("page", LOOKED_AT, ids=lambda o: o.removesuffix(".html"))
def test_nothing_seriously_inaccessible(walked, page):
    assert not walked["axe"][page]
