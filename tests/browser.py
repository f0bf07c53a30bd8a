"A page in a real browser, and what somebody who uses it makes of it; without a browser these tests are skipped."

import re
import shutil
import subprocess
from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def rendered(page: str, folder: Path, script: str) -> str:
    "The elements of a page after a script has used it."
    page = re.sub(r"<meta http-equiv[^>]*>", "", page)  # it forbids scripts that are not its own
    (folder / "page.html").write_text(page.replace("</body>", f"<script>{script}</script></body>"))
    done = subprocess.run(
        [CHROMIUM, *FLAGS, "--dump-dom", f"file://{folder}/page.html"], capture_output=True, text=True, timeout=120
    )
    return done.stdout
