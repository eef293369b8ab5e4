"""Figures, tables and sentences for the reader: drawing and wording, no maths."""
