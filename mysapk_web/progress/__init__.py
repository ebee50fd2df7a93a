"""Counts, dashboards, lists of people, reminders, sanctions."""
