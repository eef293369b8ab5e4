"""Problems of operations research: they know no municipality."""
