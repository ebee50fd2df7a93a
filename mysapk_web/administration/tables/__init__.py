"""Tables of administration. Importing one registers all, so that foreign keys find their target."""

import mysapk_web.administration.tables.email_request
import mysapk_web.administration.tables.import_token
import mysapk_web.organisation.tables
import mysapk_web.platform.imports.tables
