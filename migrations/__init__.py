"""Alembic migrations, and `upgrade`: the one call that brings a database to today's tables and reference data."""
