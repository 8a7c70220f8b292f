"""The graph in an embedded Oxigraph: a folder with one writer, whose generations any number of processes read."""
