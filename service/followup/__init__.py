"""The follow-up funnel: from the report to the sanction, beside what institutions published."""
