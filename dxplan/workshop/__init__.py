"""The meeting: a desk that plans what people change, and the boards that show it. Joins controls, planners and figures."""
