"""Makes an artefact: tables in; memory, n-grams, neighbours and policy out. Nothing here runs in a worker."""
