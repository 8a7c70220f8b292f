"""The search index on SQLite FTS5: files of its own beside the store, made anew whenever they are missing."""
