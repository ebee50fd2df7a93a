import re
from pathlib import Path

import mysapk_web
from mysapk_web.platform.rules.audit import AuditTag


def test_tags_of_the_contract():
    assert {
        "akun:aktivasi",
        "akun:login",
        "akun:login-gagal",
        "akun:tunggu",
        "akun:logout",
        "akun:sesi-diakhiri",
        "akun:reset-diminta",
        "akun:reset-ditolak",
        "akun:password-diganti",
        "akun:email-diganti",
        "akun:totp-aktif",
        "akun:totp-nonaktif",
        "akun:kode-pemulihan-dipakai",
        "akun:nonaktif",
        "akun:aktif-kembali",
        "cpns:disetujui",
        "peran:diberikan",
        "peran:dicabut",
        "pegawai:impor",
        "email:impor",
        "surat:gagal",
        "akses:ditolak",
    } <= set(AuditTag)


def test_tags_are_short_plain_words_that_fit_a_column():
    for tag in AuditTag:
        assert re.fullmatch(r"[a-z-]+:[a-z-]+", tag)
        assert len(tag) <= 40


def test_every_tag_is_written_somewhere() -> None:
    """Who reads the trail may choose each of them; one that nothing writes would say that it never happened."""
    package = Path(mysapk_web.__file__).parent
    sources = [path for path in package.rglob("*.py") if path != package / "platform" / "rules" / "audit.py"]
    named = {name for path in sources for name in re.findall(r"AuditTag\.([A-Z_]+)", path.read_text())}
    assert set(AuditTag.__members__) - named == set()


def test_no_two_names_stand_for_one_tag():
    assert len(AuditTag.__members__) == len(set(AuditTag))


def test_every_tag_has_words_of_its_own() -> None:
    labels = [tag.label for tag in AuditTag]
    assert len(set(labels)) == len(labels)
    assert all(label.strip() for label in labels)
