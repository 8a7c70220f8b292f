"""Any SPARQL 1.1 server as the graph (``passport.ports.Graph`` and ``Queries``), by HTTP."""
