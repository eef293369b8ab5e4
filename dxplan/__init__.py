"""Planning workbook for municipal DX in Japan: PMO, staffing and training as one plan."""

import sys

# jsonschema asks for this grammar of web addresses at import, which takes 1.4 s of CPU to build; no notebook format uses it.
# Without it jsonschema drops two checks of format (python-jsonschema/jsonschema #1428).
sys.modules.setdefault("rfc3987_syntax", None)

__version__ = "0.1.0"
