"A stand-in for the Hugging Face hub: it serves `models/OWNER/NAME` and `datasets/OWNER/NAME` below a root, over HTTP."

import hashlib
import json
import re
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"
API = re.compile(
    r"/api/(?P<kind>models|datasets)/(?P<name>[^/]+/[^/]+)(/(?P<verb>revision|tree|paths-info)/[^/]+(/(?P<inside>.*))?)?$"
)
RESOLVE = re.compile(r"/(?P<kind>datasets/)?(?P<name>[^/]+/[^/]+)/resolve/[^/]+/(?P<inside>.+)$")


def entries(folder: Path) -> list[dict]:
    "The files of a repository, as the hub lists them."
    return [
        dict(
            type="file",
            path=path.relative_to(folder).as_posix(),
            size=path.stat().st_size,
            oid=hashlib.sha1(path.read_bytes()).hexdigest(),
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, code: int, body: bytes, **headers):
        self.send_response(code)
        for name, value in (headers | {"Content-Length": len(body)}).items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        path = unquote(urlsplit(self.path).path)
        length = int(self.headers.get("Content-Length") or 0)
        asked = self.rfile.read(length).decode()
        self.server.requests.append(f"{self.command} {path}")
        if match := API.match(path):
            return self.describe(match, asked)
        if match := RESOLVE.match(path):
            return self.resolve(match)
        self.answer(404, b"", X_Error_Code="EntryNotFound")

    do_HEAD = do_POST = do_GET

    def describe(self, match: re.Match, asked: str):
        folder = self.server.root / match["kind"] / match["name"]
        if not folder.is_dir():
            return self.answer(404, b"", X_Error_Code="RepoNotFound")
        found = entries(folder)
        if match["verb"] == "tree":
            inside = match["inside"] or ""
            found = [o for o in found if o["path"].startswith(inside)]
            if not found:
                return self.answer(404, b"", X_Error_Code="EntryNotFound")
        elif match["verb"] == "paths-info":
            wanted = json.loads(asked)["paths"] if asked.startswith("{") else parse_qs(asked)["paths"]
            found = [o for o in found if o["path"] in wanted]
        else:
            found = dict(
                id=match["name"],
                sha=COMMIT,
                private=False,
                tags=[],
                downloads=0,
                siblings=[dict(rfilename=o["path"]) for o in found],
            )
        self.answer(200, json.dumps(found).encode(), Content_Type="application/json")

    def resolve(self, match: re.Match):
        path = self.server.root / (match["kind"] or "models") / match["name"] / match["inside"]
        if not path.is_file():
            return self.answer(404, b"", X_Error_Code="EntryNotFound", X_Repo_Commit=COMMIT)
        body = path.read_bytes()
        self.answer(200, body, ETag=f'"{hashlib.sha1(body).hexdigest()}"', X_Repo_Commit=COMMIT)

    def log_message(self, *_):
        pass


@contextmanager
def hub(root: Path):
    "Serve a root; gives the server, whose `endpoint` is what HF_ENDPOINT should say."
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.root, server.requests, server.endpoint = root, [], f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
