"""Agencies, units, people on the rolls, roles with their scope, periods, notices."""
