"""Whole plans as a finance and a personnel officer check them: ``make check-plans``.

The rules read the tables of a plan, the city's values and the raw files of ``data/``; they share no
code with the planners, and have a calendar of their own.
"""
