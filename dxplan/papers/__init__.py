"""The papers of a PMO as Excel files: a plan in the words of `data/paper_lines.csv`."""
