"""Migrations, and the runner that applies them without losing a row or a guard."""
