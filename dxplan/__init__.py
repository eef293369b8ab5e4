"""Planning workbook for municipal DX in Japan: PMO, staffing and training as one plan."""

__version__ = "0.1.0"
