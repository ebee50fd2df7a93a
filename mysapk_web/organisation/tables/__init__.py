"""Tables of the organisation. Importing one registers all, so that foreign keys find their target."""

import mysapk_web.organisation.tables.account
import mysapk_web.organisation.tables.agency
import mysapk_web.organisation.tables.notice
import mysapk_web.organisation.tables.pegawai
