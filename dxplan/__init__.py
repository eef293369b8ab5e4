"""Planning workbook for municipal DX in Japan: PMO, staffing and training as one plan."""

import sys

# jsonschema asks at import for a grammar of web addresses, which takes 1.4 s of CPU to build and
# which no notebook format uses; without it two checks of format are left out
# (python-jsonschema/jsonschema #1428). A test says when they have mended it.
sys.modules.setdefault("rfc3987_syntax", None)

__version__ = "0.1.0"
