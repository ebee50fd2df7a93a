"""Rules shared by several kinds of record."""

from datetime import date, timedelta

from mysapk_web.organisation.rules.nip import MIN_AGE
from mysapk_web.pdm.rules.groups.base import RecordRule, RuleInput
from mysapk_web.pdm.rules.identity import nik_warning


def years_later(day: date, years: int) -> date:
    """29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def full_months(start: date, end: date) -> int:
    """From the first day to the last, both included."""
    after = end + timedelta(days=1)
    months = (after.year - start.year) * 12 + after.month - start.month - (after.day < start.day)
    return max(0, months)


def not_before(field: str, earlier: str, sentence: str, *, warning: bool = False) -> RecordRule:
    """The same day passes."""

    def broken(view: RuleInput) -> bool:
        first, second = view.day(earlier), view.day(field)
        return first is not None and second is not None and second < first

    return RecordRule(field, broken, sentence, warning)


def working_age(field: str, label: str) -> RecordRule:
    def broken(view: RuleInput) -> bool:
        born, start = view.person.birth_date, view.day(field)
        return born is not None and start is not None and start < years_later(born, MIN_AGE)

    return RecordRule(field, broken, f"{label} harus paling cepat {MIN_AGE} tahun sesudah tanggal lahir Anda.")


def after_birth(field: str, label: str) -> RecordRule:
    def broken(view: RuleInput) -> bool:
        born, day = view.person.birth_date, view.day(field)
        return born is not None and day is not None and day <= born

    return RecordRule(field, broken, f"{label} harus sesudah tanggal lahir Anda.")


def decree_before_effect(decree: str, effect: str) -> RecordRule:
    """Some decrees are signed after they take effect, so this only warns."""

    def broken(view: RuleInput) -> bool:
        signed, starts = view.day(decree), view.day(effect)
        return signed is not None and starts is not None and signed > starts

    return RecordRule(decree, broken, "Tanggal SK sesudah TMT. Periksa kembali kedua tanggal pada SK.", warning=True)


def year_of(year: str, day: str, sentence: str) -> RecordRule:
    def broken(view: RuleInput) -> bool:
        number, written = view.number(year), view.day(day)
        return number is not None and written is not None and number != written.year

    return RecordRule(year, broken, sentence)


def nik_fits(nik: str, birth_date: str, gender: str = "") -> RecordRule:
    """A NIK outlives corrections of birth date and gender, so this only warns."""

    def broken(view: RuleInput) -> bool:
        number = view.text(nik)
        return (
            bool(number) and nik_warning(number, birth_date=view.day(birth_date), gender=view.text(gender)) is not None
        )

    sentence = "NIK ini tidak cocok dengan tanggal lahir atau jenis kelamin yang diisi. Periksa kembali dengan KTP."
    return RecordRule(nik, broken, sentence, warning=True)
