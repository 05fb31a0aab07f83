"""One partition at a time, exactly once; knows no transaction."""
