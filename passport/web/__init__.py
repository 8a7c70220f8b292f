"""HTTP, by audience: a handler reads the request, makes one service call, renders."""
