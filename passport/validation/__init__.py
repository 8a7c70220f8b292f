"""What the published schema and the rules say about a submitted document."""
