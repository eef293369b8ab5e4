"""Tests of dxplan."""

import dxplan  # noqa: F401  (first of all: it keeps a slow grammar of jsonschema out)
