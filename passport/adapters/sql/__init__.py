"""History and parties in SQL: SQLAlchemy Core statements and Alembic migrations; SQLite is the embedded database."""
