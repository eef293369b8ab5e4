"""Pages over many cities: the index, its map and its table, and cities side by side."""
