"""The meeting: a desk that plans what people change, and the boards that show it.

It joins controls, planners and figures.
"""
