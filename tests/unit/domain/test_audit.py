import re

from mysapk_web.domain.audit import AuditTag


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


def test_no_two_names_stand_for_one_tag():
    assert len(AuditTag.__members__) == len(set(AuditTag))


def test_every_tag_has_words_of_its_own() -> None:
    labels = [tag.label for tag in AuditTag]
    assert len(set(labels)) == len(labels)
    assert all(label.strip() for label in labels)
