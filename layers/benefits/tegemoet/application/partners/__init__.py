"""Partners: who may bring which files, for whose keys, and whose word counts."""
