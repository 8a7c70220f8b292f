"""One outside thing each: databases, files, keys, the clock."""
