"""Brands: where the table comes from (`build`) and how a descriptor is looked up in it (`table`)."""
