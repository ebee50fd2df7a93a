"""The controls of a form that saves itself, inside a `DraftForm`."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.vars import ObjectVar, Var

from mysapk_web.pdm.pages.components.controls import NO, YES, Choice, FieldRow, SectionRow
from mysapk_web.pdm.pages.components.widgets import Combobox, ConditionalField, OnFileValue
from mysapk_web.ui.components.dates import DateInput
from mysapk_web.ui.state import AppState

NONE: Var[Any] = Var("undefined")


class DraftFields:
    """Builds the controls for one state."""

    def __init__(self, *, doubts: Any, hints: Any, found: Any, on_search: Any, compare: Any) -> None:
        self.doubts = doubts
        self.hints = hints
        self.found = found
        self.on_search = on_search
        self.compare = compare

    def section(self, item: ObjectVar[SectionRow]) -> rx.Component:
        """The heading disappears if none of its fields is asked for."""
        return ConditionalField.create(
            rx.cond(item["heading"], rx.el.h3(item["heading"])),
            rx.foreach(item["fields"], lambda each: self.field(each)),
            names=item["names"],
            class_name="draft-section",
        )

    def field(self, item: ObjectVar[FieldRow]) -> rx.Component:
        name: Any = item["name"]
        fault = rx.cond(AppState.faults[name], AppState.faults[name], self.doubts[name])
        return ConditionalField.create(
            rx.match(
                item["control"],
                ("yesno", self._yes_no(item, fault)),
                ("fixed", self._fixed(item)),
                self._labelled(item, fault),
            ),
            rx.cond(
                self.hints[name],
                rx.el.p(rx.el.strong("Periksa lagi: "), self.hints[name], class_name="notice notice-warn hint"),
            ),
            rx.cond(
                self.compare,
                OnFileValue.create(
                    rx.el.span("Diubah. ", class_name="changed"),
                    "Di berkas: ",
                    rx.cond(item["on_file"], item["on_file"], "belum ada"),
                    name=name,
                    value=item["value"],
                    differs=item["differs"],
                ),
            ),
            name=name,
            class_name=rx.cond(
                AppState.faults[name], "field field-wrong", rx.cond(self.doubts[name], "field field-doubt", "field")
            ),
        )

    def _attributes(self, item: ObjectVar[FieldRow], fault: Any) -> dict[str, Any]:
        wrong = rx.cond(fault, f"{item['name']}-kesalahan", "")
        described = rx.cond(item["described"], f"{item['described']} {wrong}", wrong)
        return {
            "id": item["name"],
            "aria-invalid": rx.cond(fault, "true", "false"),
            "aria-describedby": rx.cond(described, described, NONE),
            "autoCorrect": "off",
            "spellCheck": "false",
            "data-unkept": rx.cond(item["unkept"], "", NONE),
        }

    def _labelled(self, item: ObjectVar[FieldRow], fault: Any) -> rx.Component:
        name = item["name"]
        spoken = self._attributes(item, fault)
        return rx.fragment(
            rx.el.label(item["label"], html_for=name),
            self._help(item),
            self._fault(item, fault),
            rx.match(
                item["control"],
                (
                    "long",
                    rx.el.textarea(
                        name=name, default_value=item["value"], rows=3, class_name="input", custom_attrs=spoken
                    ),
                ),
                (
                    "choice",
                    rx.el.select(
                        rx.el.option("Pilih ...", value=""),
                        rx.foreach(item["options"], _option),
                        name=name,
                        default_value=item["value"],
                        class_name="input",
                        custom_attrs=spoken,
                    ),
                ),
                (
                    "list",
                    Combobox.create(
                        name=name,
                        value=item["value"],
                        text=item["text"],
                        found=self.found,
                        around=item["around"],
                        parent=item["parent"],
                        on_search=self.on_search,
                        class_name="input",
                        custom_attrs=spoken,
                    ),
                ),
                (
                    "date",
                    DateInput.create(
                        name=name,
                        value=item["value"],
                        label=item["label"],
                        class_name=item["width"],
                        custom_attrs=spoken,
                    ),
                ),
                self._input(item, spoken),
            ),
        )

    def _input(self, item: ObjectVar[FieldRow], spoken: dict[str, Any]) -> rx.Component:
        return rx.el.input(
            name=item["name"],
            type="text",
            auto_complete="off",
            default_value=item["value"],
            class_name=item["width"],
            custom_attrs={**spoken, "inputMode": item["mode"]},
        )

    def _help(self, item: ObjectVar[FieldRow]) -> rx.Component:
        return rx.cond(item["help"], rx.el.p(item["help"], custom_attrs={"id": item["described"]}, class_name="help"))

    def _fault(self, item: ObjectVar[FieldRow], fault: Any) -> rx.Component:
        return rx.cond(
            fault,
            rx.el.p(
                rx.el.span("Kesalahan: ", class_name="sr-only"),
                fault,
                custom_attrs={"id": f"{item['name']}-kesalahan"},
                class_name="fault",
            ),
        )

    def _yes_no(self, item: ObjectVar[FieldRow], fault: Any) -> rx.Component:
        def one(value: str, label: str) -> rx.Component:
            ident = f"{item['name']}-{value}"
            return rx.el.div(
                rx.el.input(
                    type="radio",
                    name=item["name"],
                    value=value,
                    default_checked=item["value"] == value,
                    custom_attrs={"id": ident},
                ),
                rx.el.label(label, html_for=ident),
                class_name="radio",
            )

        return rx.el.fieldset(
            rx.el.legend(item["label"]),
            self._help(item),
            self._fault(item, fault),
            one(YES, "Ya"),
            one(NO, "Tidak"),
            custom_attrs={"id": item["name"], "tabIndex": -1},
        )

    def _fixed(self, item: ObjectVar[FieldRow]) -> rx.Component:
        return rx.fragment(
            rx.el.p(item["label"], class_name="fixed-label"),
            rx.el.p(rx.cond(item["text"], item["text"], "Belum diisi")),
        )


def _option(item: ObjectVar[Choice]) -> rx.Component:
    return rx.el.option(item["label"], value=item["value"])
