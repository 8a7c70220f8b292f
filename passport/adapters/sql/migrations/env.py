"""What Alembic runs: all pending migrations on the connection that ``passport.adapters.sql.migrate`` gives it."""

from alembic import context

from passport.adapters.sql.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
