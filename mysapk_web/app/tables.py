"""Registers every table, for Alembic and for foreign keys between contexts."""

import mysapk_web.accounts.tables
import mysapk_web.administration.tables.email_request
import mysapk_web.administration.tables.import_token
import mysapk_web.organisation.tables.account
import mysapk_web.organisation.tables.agency
import mysapk_web.organisation.tables.notice
import mysapk_web.organisation.tables.pegawai
import mysapk_web.pdm.tables
import mysapk_web.platform.imports.tables
import mysapk_web.platform.tables.audit
import mysapk_web.platform.tables.counter
import mysapk_web.platform.tables.job
import mysapk_web.platform.tables.outbox
import mysapk_web.progress.tables
