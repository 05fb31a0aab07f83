"""How the learned part is made: shipped tables in, a verified artefact out. Nothing here runs in a worker."""
