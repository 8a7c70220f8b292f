"""PostgreSQL 15 and newer as the place of the truth: driver, connections, and what is particular to its schema."""
