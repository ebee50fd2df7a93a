import pytest

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.pdm.rules.groups import GROUPS, get_group, get_kind, group_of_kind, groups_for
from mysapk_web.pdm.rules.groups.base import ONE_AT_ALL, Approval, Cardinality, RecordAction, Requirement
from mysapk_web.pdm.rules.groups.fields import FieldKind
from tests.support.records import CODES, CPNS, GOOD, PEOPLE, PNS, PPPK

KINDS = [each for declared in GROUPS for each in declared.kinds]
SLUGS = [
    "profil",
    "golongan",
    "jabatan",
    "pendidikan",
    "skp",
    "penghargaan",
    "keluarga",
    "pmk",
    "cpns-pns",
    "pindah-instansi",
    "cltn",
    "organisasi",
]


def test_twelve_groups_in_the_order_of_the_tiles():
    assert [each.key for each in GROUPS] == SLUGS
    assert [each.key for each in get_group("pendidikan").kinds] == ["pendidikan", "diklat", "kursus"]
    assert [each.key for each in get_group("keluarga").kinds] == ["pasangan", "anak", "orang-tua"]


def test_official_ids_of_riwayat():
    assert {each.key: each.siasn_id for each in KINDS if each.siasn_id is not None} == {
        "profil": 1,
        "cpns-pns": 4,
        "golongan": 5,
        "pmk": 6,
        "pendidikan": 7,
        "jabatan": 8,
        "diklat": 9,
        "orang-tua": 10,
        "pasangan": 11,
        "anak": 12,
        "kursus": 13,
        "penghargaan": 14,
        "pindah-instansi": 18,
        "cltn": 19,
        "skp": 25,
    }


def test_who_decides():
    assert {each.key for each in KINDS if each.approval is Approval.BKN} == {
        "golongan",
        "cpns-pns",
        "pmk",
        "pindah-instansi",
        "cltn",
        "pendidikan",
    }
    assert [each.key for each in KINDS if each.approval is Approval.NONE] == ["profil"]
    assert [each.key for each in GROUPS if not each.verified] == ["profil"]


def test_how_many():
    assert {each.key for each in KINDS if each.cardinality is Cardinality.SEVERAL} == {
        "pasangan",
        "anak",
        "orang-tua",
        "cltn",
    }
    assert [each.key for each in KINDS if each.cardinality is Cardinality.TWO_YEARS] == ["skp"]
    assert all(each.latest_by for each in KINDS if each.cardinality is Cardinality.LATEST_ONLY)


def test_what_may_be_declared():
    assert [each.key for each in GROUPS if not each.sesuai_allowed] == ["golongan"]
    assert not any(get_group(key).may_have_none for key in ("profil", "golongan", "jabatan", "pendidikan", "cpns-pns"))
    assert all(each.may_have_none for each in GROUPS if each.requirement is not Requirement.REQUIRED)


def test_whom_a_group_concerns():
    assert [each.key for each in groups_for(JenisPegawai.PNS)] == SLUGS
    assert {each.key for each in groups_for(JenisPegawai.PPPK)} == set(SLUGS) - {
        "cpns-pns",
        "pmk",
        "pindah-instansi",
        "cltn",
    }
    assert [each.key for each in groups_for(JenisPegawai.PPT_NON_ASN)] == [
        "profil",
        "jabatan",
        "pendidikan",
        "penghargaan",
        "keluarga",
        "organisasi",
    ]


def test_lookups():
    assert get_kind("anak") in get_group("keluarga").kinds
    assert group_of_kind("kursus") is get_group("pendidikan")
    for unknown in (get_group, get_kind, group_of_kind):
        with pytest.raises(KeyError):
            unknown("nirgends")


@pytest.mark.parametrize("each", KINDS, ids=lambda each: each.key)
def test_a_declaration_is_sound(each):
    names = [field.name for field in each.fields]
    assert len(set(names)) == len(names)
    for position, field in enumerate(each.fields):
        earlier = names[:position]
        if field.shown_when:
            assert field.shown_when.field in earlier or field.shown_when.field.startswith("@")
        if field.parent:
            assert field.parent in earlier or field.parent.startswith("@")
        assert not (field.read_only and field.required)
        assert field.kind is FieldKind.CODE or not field.parent
    for referred in (*each.title_fields, *each.subtitle_fields, *filter(None, [each.latest_by])):
        assert not each.field(referred).sensitive
    assert {rule.field for rule in each.rules} <= {field.name for field in each.editable}
    assert all(rule.sentence.endswith(".") for rule in each.rules)
    codes = [rule.code for rule in each.documents]
    assert len(set(codes)) == len(codes)
    assert all(rule.media_type == "application/pdf" and rule.max_bytes == 1_048_576 for rule in each.documents)


@pytest.mark.parametrize("each", KINDS, ids=lambda each: each.key)
def test_every_kind_declares_what_makes_two_records_the_same(each):
    assert (each.identity == ONE_AT_ALL) == (each.cardinality is Cardinality.SINGLE)
    for key in (*each.identity, *each.similar):
        assert {*key.fields, *key.also} <= {field.name for field in each.editable}
        assert len({*key.fields, *key.also}) == len((*key.fields, *key.also))
    if each.cardinality is Cardinality.SINGLE:
        assert each.similar == ()
        return
    # Whoever fills in what is required can be recognised, and nobody by nothing.
    required = {field.name for field in each.editable if field.required and field.shown_when is None}
    assert any(set(key.fields) <= required for key in each.identity)
    assert all(key.fields for key in (*each.identity, *each.similar))
    assert each.similar
    # A similar key that is as narrow as an identity would never be seen.
    narrow = [{*key.fields, *key.also} for key in each.identity]
    assert not any({*key.fields, *key.also} >= other for key in each.similar for other in narrow)


@pytest.mark.parametrize("each", GROUPS, ids=lambda each: each.key)
def test_words_for_the_reader(each):
    texts = [each.label, each.description]
    texts += [words for one in each.kinds for field in one.fields for words in (field.label, field.section)]
    assert all(text == text.strip() for text in texts)
    assert each.description.endswith(".")
    assert all(field.help == "" or field.help.endswith(".") for one in each.kinds for field in one.fields)


def test_a_field_of_a_section_stands_with_the_others():
    for each in KINDS:
        sections = [field.section for field in each.fields]
        for section in set(sections):
            places = [place for place, here in enumerate(sections) if here == section]
            assert places == list(range(places[0], places[-1] + 1)), (each.key, section)
        assert "" not in sections or sections[0] == "", each.key


def test_documents_of_siasn():
    assert [(rule.code, rule.required) for rule in get_kind("pendidikan").documents] == [
        ("1173", True),
        ("1174", True),
        ("867", False),
    ]
    needed = get_kind("cpns-pns").required_documents
    assert [rule.code for rule in needed({}, PNS)] == ["889", "887", "888"]
    assert [rule.code for rule in needed({}, CPNS)] == ["889", "888"]
    skp = get_kind("skp").required_documents
    assert [rule.code for rule in skp({"tahun": 2021}, PNS)] == ["891"]
    assert [rule.code for rule in skp({"tahun": 2025}, PNS)] == ["890"]
    divorced = get_kind("pasangan").required_documents({"status_pernikahan": "2", "status_hidup": "0"}, PNS)
    assert [rule.label for rule in divorced] == ["Akta nikah", "Akta cerai", "Akta kematian"]


def test_what_a_proposal_may_do():
    assert get_kind("profil").actions == {RecordAction.CHANGE}
    assert RecordAction.DELETE not in get_kind("golongan").actions
    assert get_kind("anak").actions == set(RecordAction)
    assert [action.label for action in RecordAction] == ["Tambah", "Ubah", "Hapus"]


def test_titles():
    assert get_kind("golongan").title(GOOD["golongan"], CODES) == "III/a Penata Muda"
    assert get_kind("golongan").subtitle(GOOD["golongan"], CODES) == "1 April 2020, 821/12/BKPSDM/2020"
    assert get_kind("pendidikan").title(GOOD["pendidikan"], CODES) == "S-1/Sarjana, S-1 Administrasi Negara"
    assert get_kind("anak").title({}, CODES) == "Anak"
    assert get_kind("anak").subtitle({}, CODES) == ""
    with pytest.raises(KeyError):
        get_kind("anak").field("nirgends")


def test_families_of_ranks():
    assert [person.rumpun for person in PEOPLE] == ["PNS", "PNS", "PPPK", "PNS"]
    assert PPPK.rumpun == "PPPK"
