"""What the app has registered, read in a process of its own so that importing it leaves nothing behind here.

`python -m tests.wire.registry` prints it as JSON.
"""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SECRET = "only-for-tests-0123456789-abcdefghijklmnop"


@dataclass(frozen=True)
class Handler:
    """A registered event handler."""

    name: str
    module: str
    params: list[str]
    defaulted: list[str]
    is_async: bool
    policy: str
    """"none", "anyone", "logged-in" or "holding"."""
    permissions: list[str]

    @property
    def short(self) -> str:
        return self.name.rsplit(".", 1)[-1]

    @property
    def ours(self) -> bool:
        return self.module.startswith("mysapk_web.")


@dataclass(frozen=True)
class StateClass:
    """A state, its parents, its public methods and the vars a page gets, with their defaults."""

    name: str
    module: str
    parents: list[str]
    public_callables: list[str]
    handlers: list[str]
    vars: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Registry:
    handlers: list[Handler]
    states: list[StateClass]
    roles: dict[str, list[str]]
    """Role -> permissions, as the matrix has it."""


@lru_cache(maxsize=1)
def read_registry() -> Registry:
    """Import the app elsewhere and take over what it has registered."""
    with tempfile.TemporaryDirectory() as folder:
        env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("MYSAPK_")},
            "MYSAPK_DEMO": "1",
            "MYSAPK_SECRET_KEY": SECRET,
            "MYSAPK_DATABASE_URL": f"sqlite:///{folder}/registry.db",
            "REFLEX_ENV_MODE": "prod",
            "__REFLEX_SKIP_COMPILE": "true",
            "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "false",
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.wire.registry"],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    return Registry(
        [Handler(**entry) for entry in found["handlers"]],
        [StateClass(**entry) for entry in found["states"]],
        found["roles"],
    )


def _gather() -> Registry:
    import reflex as rx
    from reflex_base.registry import RegistrationContext

    from mysapk_web.mysapk_web import app
    from mysapk_web.organisation.rules.roles import MATRIX, Role

    app()
    handlers = [_handler(name, entry) for name, entry in RegistrationContext.get().event_handlers.items()]
    told = rx.State(_reflex_internal_init=True).dict()
    states = [_state(cls, told) for cls in RegistrationContext.get().base_states.values()]
    return Registry(handlers, states, {role.value: sorted(p.value for p in MATRIX[role]) for role in Role})


def _handler(name: str, entry: Any) -> Handler:
    from mysapk_web.app.event_middleware import policy_for

    policy = policy_for(name)
    kind = "none" if policy is None else "anyone" if not policy.logged_in else "logged-in"
    permissions = [permission.value for permission in policy.permissions] if policy else []
    params = [p for p in inspect.signature(entry.handler.fn).parameters.values() if p.name != "self"]
    return Handler(
        name=name,
        module=entry.states[0].__module__,
        params=[p.name for p in params],
        defaulted=[p.name for p in params if p.default is not p.empty],
        is_async=inspect.iscoroutinefunction(entry.handler.fn) or inspect.isasyncgenfunction(entry.handler.fn),
        policy="holding" if permissions else kind,
        permissions=permissions,
    )


def _state(cls: type[Any], told: dict[str, Any]) -> StateClass:
    own = cls.__dict__
    return StateClass(
        name=cls.get_full_name(),
        module=cls.__module__,
        parents=[parent.__name__ for parent in cls.__mro__[1:]],
        public_callables=[
            name
            for name, value in own.items()
            if not name.startswith("_")
            and not getattr(value, "__override_base_method__", False)
            and (inspect.isfunction(value) or isinstance(value, staticmethod | classmethod | property))
        ],
        handlers=sorted(cls.event_handlers),
        vars={
            name.removesuffix("_rx_state_"): repr(value)
            for name, value in told.get(cls.get_full_name(), {}).items()
            if "_rx_" in name
        },
    )


if __name__ == "__main__":
    print(json.dumps(asdict(_gather())))
