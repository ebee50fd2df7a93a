"""Weight and Lighthouse scores of the first page: `python -m benchmarks.pages`.

Lighthouse with its own mobile settings (slow 4G and a slow phone, simulated); the median of several runs, because a busy machine
changes the score by a few points.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.portal import portal
from mysapk_web.platform.http import frontend

HERE = Path(__file__).parent / "node"
RUNS = 3
PAGE = "/masuk"
_QUIET = "--disable-background-networking --disable-component-update --disable-sync"
_FLAGS = f"--headless=new --no-sandbox --disable-gpu --no-first-run {_QUIET}"


def _environment() -> dict[str, str]:
    own = str(Path(sys.executable).parent)
    return {
        **os.environ,
        "PATH": os.pathsep.join([own, os.environ.get("PATH", "")]),
        "CHROME_PATH": shutil.which("chromium") or "",
        "npm_config_omit_lockfile_registry_resolved": "true",
    }


def _lighthouse(url: str) -> dict[str, Any]:
    if not (HERE / "node_modules" / "lighthouse").exists():
        subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-fund", "--no-audit"], cwd=HERE, env=_environment(), check=True
        )
    done = subprocess.run(
        [
            "node",
            "node_modules/lighthouse/cli/index.js",
            url,
            "--quiet",
            "--output=json",
            "--output-path=stdout",
            f"--chrome-flags={_FLAGS}",
            "--only-categories=performance,accessibility,best-practices",
        ],
        cwd=HERE,
        env=_environment(),
        check=True,
        capture_output=True,
        text=True,
    )
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def measure() -> dict[str, float]:
    """Transferred bytes, scores and times of the first page."""
    if not frontend.is_current():
        frontend.build()
    with portal(cost=4, front_end=True) as (server, _):
        reports = [_lighthouse(server.base + PAGE) for _ in range(RUNS)]

    def median(pick: Any) -> float:
        return statistics.median(float(pick(report)) for report in reports)

    return {
        "first_page_kb": median(lambda r: r["audits"]["total-byte-weight"]["numericValue"]) / 1024,
        "lighthouse_performance": median(lambda r: r["categories"]["performance"]["score"]) * 100,
        "lighthouse_accessibility": median(lambda r: r["categories"]["accessibility"]["score"]) * 100,
        "lighthouse_best_practices": median(lambda r: r["categories"]["best-practices"]["score"]) * 100,
        "largest_contentful_paint_s": median(lambda r: r["audits"]["largest-contentful-paint"]["numericValue"]) / 1000,
        "total_blocking_ms": median(lambda r: r["audits"]["total-blocking-time"]["numericValue"]),
        "layout_shift": median(lambda r: r["audits"]["cumulative-layout-shift"]["numericValue"]),
    }


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:32} {value:10.2f}")
