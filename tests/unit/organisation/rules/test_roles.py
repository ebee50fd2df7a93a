import itertools

import pytest

from mysapk_web.organisation.rules.roles import (
    GRANTABLE,
    MATRIX,
    Permission,
    Role,
    matrix_markdown,
    may,
    may_manage,
    roles_below,
)


def test_every_role_has_a_row_and_every_act_somebody_who_may():
    assert set(MATRIX) == set(GRANTABLE) == set(Role)
    assert frozenset().union(*MATRIX.values()) == set(Permission)


def test_whoever_holds_a_role_keeps_the_own_data():
    for role in Role:
        assert MATRIX[role] >= MATRIX[Role.PEGAWAI]


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        (Permission.PROPOSE, set(Role)),
        (Permission.VERIFY, {Role.VERIFIKATOR, Role.ADMIN_INSTANSI}),
        (Permission.APPROVE, {Role.APPROVER, Role.ADMIN_INSTANSI}),
        (Permission.BKN_APPROVE, {Role.ADMIN_BKN}),
        (Permission.INBOX_READ, {Role.VERIFIKATOR, Role.APPROVER, Role.ADMIN_INSTANSI, Role.ADMIN_BKN}),
        (Permission.EMAIL_REPAIR, {Role.ADMIN_SATKER, Role.ADMIN_INSTANSI, Role.ADMIN_BKN}),
        (Permission.CPNS_APPROVE, {Role.ADMIN_INSTANSI}),
        (Permission.PERIOD_NATIONAL, {Role.ADMIN_BKN}),
        (Permission.PERIOD_AGENCY, {Role.ADMIN_INSTANSI, Role.ADMIN_BKN}),
        (Permission.ROLE_GRANT, {Role.ADMIN_INSTANSI, Role.ADMIN_BKN}),
        (Permission.AUDIT_READ, {Role.ADMIN_INSTANSI, Role.ADMIN_BKN}),
        (Permission.PEOPLE_READ, {Role.ADMIN_SATKER, Role.ADMIN_INSTANSI, Role.ADMIN_BKN}),
    ],
)
def test_who_may(permission, roles):
    assert {role for role in Role if may([role], permission)} == roles


def test_no_role_means_nothing_and_several_add_up():
    assert not any(may([], permission) for permission in Permission)
    both = [Role.VERIFIKATOR, Role.APPROVER]
    assert may(both, Permission.VERIFY)
    assert may(both, Permission.APPROVE)
    assert not may(both, Permission.EMAIL_REPAIR)


def test_nobody_raises_the_own_role_even_over_several_steps():
    for role in Role:
        reached, front = set(), {role}
        while front:
            front = set(itertools.chain.from_iterable(GRANTABLE[giver] for giver in front)) - reached
            reached |= front
        assert role not in reached
        assert Role.ADMIN_BKN not in reached
        assert Role.PEGAWAI not in reached


def test_who_stands_below():
    assert roles_below([Role.ADMIN_BKN]) == {Role.ADMIN_INSTANSI, Role.ADMIN_SATKER, Role.VERIFIKATOR, Role.APPROVER}
    assert roles_below([Role.ADMIN_INSTANSI, Role.PEGAWAI]) == {Role.ADMIN_SATKER, Role.VERIFIKATOR, Role.APPROVER}
    assert roles_below([Role.ADMIN_SATKER]) == roles_below([]) == set()
    for role in Role:
        assert role not in roles_below([role])


def test_only_who_may_grant_finds_a_role_to_grant():
    for role in Role:
        assert bool(GRANTABLE[role]) == may([role], Permission.ROLE_GRANT)


COMBINATIONS = [frozenset(held) for count in range(len(Role) + 1) for held in itertools.combinations(Role, count)]


@pytest.mark.parametrize("held", COMBINATIONS, ids=lambda held: "+".join(sorted(held)) or "-")
def test_every_combination_of_roles_is_managed_from_strictly_above_and_by_nobody_else(held):
    above = {role for role in Role if may_manage([role], held)}
    given = held - {Role.PEGAWAI}
    if Role.ADMIN_BKN in given:
        assert above == set()
    elif Role.ADMIN_INSTANSI in given:
        assert above == {Role.ADMIN_BKN}
    elif given:
        assert above == {Role.ADMIN_BKN, Role.ADMIN_INSTANSI}
    for mine in COMBINATIONS:
        assert may_manage(mine, held) == (not given or bool(mine & above))
        assert not (given and mine <= held and may_manage(mine, held)), "a peer, or somebody lower"


def test_the_table_cannot_be_changed_at_run_time():
    with pytest.raises(TypeError):
        MATRIX[Role.PEGAWAI] = frozenset(Permission)
    with pytest.raises(TypeError):
        GRANTABLE[Role.PEGAWAI] = frozenset(Role)


def test_labels_are_words():
    labels = [permission.label for permission in Permission]
    assert len(set(labels)) == len(labels)
    assert Role.ADMIN_SATKER.label == "Admin Satker"
    assert all(role.label for role in Role)


def test_printed_matrix_says_what_the_table_says():
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in matrix_markdown().splitlines()]
    assert lines[0] == ["Tindakan", *(role.label for role in Role)]
    assert len({len(line) for line in lines}) == 1
    printed = {line[0]: line[1:] for line in lines[2:]}
    for permission in Permission:
        assert printed[permission.label] == ["✓" if may([role], permission) else "" for role in Role]
