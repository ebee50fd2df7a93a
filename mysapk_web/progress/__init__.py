"""Counts, dashboards, who is missing, reminders, sanctions."""
