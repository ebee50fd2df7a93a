"""All figures: `make bench`, or `python -m benchmarks`. Prints name, value and budget, and marks what misses it.

`python -m benchmarks MODULE [SIZE]` runs one of them, optionally at another size: `national 5600000`, `imports 1000`.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys

BUDGETS = {
    "first_page_kb": ("<=", 200.0),
    "lighthouse_performance": (">=", 95.0),
    "lighthouse_accessibility": (">=", 100.0),
    "largest_contentful_paint_s": ("<=", 2.0),
    "login_share_of_ceiling": (">=", 0.9),
    "other_event_p99_ms_during_logins": ("<=", 100.0),
    "memory_per_session_kb": ("<=", 250.0),
    "events_per_second": (">=", 1000.0),
    "event_p99_ms": ("<=", 250.0),
    "inbox_p95_ms": ("<=", 100.0),
    "outbox_mails_per_second": (">=", 100.0),
    "draft_saves_per_second": (">=", 1000.0),
    "draft_save_p99_ms": ("<=", 250.0),
    "board_p95_ms": ("<=", 100.0),
    "group_p95_ms": ("<=", 100.0),
    "board_page_p95_ms": ("<=", 100.0),
    "group_page_p95_ms": ("<=", 100.0),
    "national_progress_p95_ms": ("<=", 100.0),
    "national_search_p95_ms": ("<=", 100.0),
    "national_inbox_p95_ms": ("<=", 100.0),
    "national_lists_p95_ms": ("<=", 100.0),
    "email_import_sqlite_s": ("<=", 20.0),
    "email_import_sqlite_peak_mb": ("<=", 100.0),
    "email_import_postgres_s": ("<=", 20.0),
    "email_import_postgres_peak_mb": ("<=", 100.0),
    "pegawai_import_sqlite_s": ("<=", 20.0),
    "pegawai_import_sqlite_peak_mb": ("<=", 100.0),
    "pegawai_import_postgres_s": ("<=", 20.0),
    "pegawai_import_postgres_peak_mb": ("<=", 100.0),
    "riwayat_import_sqlite_s": ("<=", 20.0),
    "riwayat_import_sqlite_peak_mb": ("<=", 100.0),
    "riwayat_import_postgres_s": ("<=", 20.0),
    "riwayat_import_postgres_peak_mb": ("<=", 100.0),
    "referensi_import_sqlite_s": ("<=", 20.0),
    "referensi_import_sqlite_peak_mb": ("<=", 100.0),
}
"""The event budget is that of draft saves; the small event of `live` has the same."""

MODULES = ("pages", "live", "timing", "outbox", "documents", "pdm", "imports", "inbox", "national")


def main() -> int:
    """Run everything; 1 when a budget is missed."""
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    missed = 0
    chosen = [name for name in sys.argv[1:] if name in MODULES] or MODULES
    sizes = [int(word) for word in sys.argv[1:] if word.isdigit()]
    for name in chosen:
        for figure, value in importlib.import_module(f"benchmarks.{name}").measure(*sizes).items():
            sign, budget = BUDGETS.get(figure, ("", 0.0))
            kept = not sign or (value <= budget if sign == "<=" else value >= budget)
            missed += not kept
            verdict = "" if not sign else f"  budget {sign} {budget:g}" + ("" if kept else "  MISSED")
            print(f"{name + '.' + figure:44} {value:12.2f}{verdict}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
