"""Events as the wire carries them: frozen contracts, one strict parser, JSON Schemas and their compatibility."""
