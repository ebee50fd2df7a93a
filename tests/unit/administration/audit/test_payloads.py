"""One payload a tag; one meaning a key, and one key a meaning."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import pytest

import mysapk_web
from mysapk_web.administration.audit.payloads import CONTEXTS, PAYLOADS
from mysapk_web.administration.audit_events import RoleGranted
from mysapk_web.organisation.audit import record
from mysapk_web.organisation.audit_events import PeriodCreated
from mysapk_web.platform.database import Database
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.rules.audit_payload import FORMER_KEYS, AuditKey, AuditPayload
from tests.support.audit_samples import sample


def payloads(base: type[AuditPayload] = AuditPayload) -> Iterator[type[AuditPayload]]:
    """All that any context declares, also those within others."""
    for each in base.__subclasses__():
        if each.__module__.startswith("mysapk_web."):
            yield each
            yield from payloads(each)


def declared() -> set[tuple[str, AuditKey]]:
    return {(name, key) for payload in payloads() for name, key in payload.keys.items()}


def test_every_tag_has_one_payload() -> None:
    assert set(PAYLOADS) == {tag.value for tag in AuditTag}
    with_tag = [payload for payload in payloads() if "tag" in vars(payload)]
    assert len(with_tag) == len(PAYLOADS)


def test_every_payload_stands_in_the_audit_events_of_its_context() -> None:
    assert {payload.__module__ for payload in payloads()} == {module.__name__ for module in CONTEXTS}


def test_no_key_means_two_things() -> None:
    meanings: dict[str, list[AuditKey]] = {}
    for name, key in declared():
        meanings.setdefault(name, []).append(key)
    assert {name: keys for name, keys in meanings.items() if len(keys) > 1} == {}


def test_no_two_keys_mean_one_thing() -> None:
    pairs = list(declared())
    doubled = [(one, two) for one, key in pairs for two, other in pairs if one < two and key == other]
    assert doubled == []


def test_every_key_has_a_label_in_words() -> None:
    for name, key in declared():
        assert key.label.strip() == key.label != "", name
        assert "_" not in key.label, name
        assert ":" not in key.label, name
        assert all(key.codes.values()), name


def test_former_keys_lead_to_present_ones() -> None:
    names = {name for name, _ in declared()}
    assert {present for each in FORMER_KEYS.values() for present in each} - names == set()
    written_now_too = set(FORMER_KEYS) & names
    assert written_now_too == {"rows"}  # of imports; of exports it was the number that is now `row_count`


@pytest.mark.parametrize("tag", list(AuditTag))
def test_every_payload_is_plain_and_frozen(tag: AuditTag) -> None:
    event = sample(tag)
    assert event.tag is tag
    assert list(event.stored()) == list(event.keys)
    for name in event.keys:
        with pytest.raises(AttributeError):
            setattr(event, name, "lain")


def test_what_is_not_known_is_not_stored() -> None:
    assert RoleGranted(role=next(iter(RoleGranted.keys["role"].codes)), unor_id=None).stored().keys() == {"role"}


def test_keys_of_another_kind_are_refused() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'period_kind'"):
        RoleGranted(role="VERIFIKATOR", unor_id=None, period_kind="PDM")
    with pytest.raises(TypeError, match="missing"):
        PeriodCreated(period_kind="PDM")


def test_values_that_json_does_not_know_are_refused() -> None:
    with pytest.raises(TypeError, match="object is no plain value"):
        RoleGranted(role=object(), unor_id=None).stored()


def test_a_key_without_words_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Wordless\.count needs its AuditKey"):
        type("Wordless", (AuditPayload,), {"__annotations__": {"count": int}}, tag=AuditTag.LOGIN)


class Untagged(AuditPayload):
    count: Annotated[int, AuditKey("Jumlah")]


def test_a_payload_without_a_tag_is_no_event(db: Database) -> None:
    with pytest.raises(AttributeError, match="tag"), db.begin() as session:
        record(session, Untagged(count=1))


MISUSED = """
from typing import Annotated
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.rules.audit_payload import AuditKey, AuditPayload

class Ended(AuditPayload, tag=AuditTag.SESSIONS_ENDED):
    session_count: Annotated[int, AuditKey("Jumlah sesi")]

Ended(session_count=1)
Ended(session_count=1, reason="lain")
Ended()
Ended(session_count="satu")
"""


def test_mypy_refuses_keys_of_another_kind(tmp_path: Path) -> None:
    source = tmp_path / "misused.py"
    source.write_text(MISUSED)
    command = [sys.executable, "-m", "mypy", "--config-file=", f"--cache-dir={tmp_path / 'cache'}", str(source)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    told = [line.partition(" error: ")[2] for line in found.stdout.splitlines() if " error: " in line]
    assert told == [
        'Unexpected keyword argument "reason" for "Ended"  [call-arg]',
        'Missing named argument "session_count" for "Ended"  [call-arg]',
        'Argument "session_count" to "Ended" has incompatible type "str"; expected "int"  [arg-type]',
    ]


def test_events_are_written_in_one_place() -> None:
    """Who builds the row instead of a payload could write any key."""
    package = Path(mysapk_web.__file__).parent
    writers = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "AuditEvent"
    }
    assert writers == {"organisation/audit.py"}
