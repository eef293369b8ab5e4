"""Controls: a changed City out of what people move, type and paste. They know no planner and no figure."""
