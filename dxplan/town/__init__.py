"""The town: one frozen, complete City, its systems and lots, and a changed copy of it."""
