"""Floor 3: planners. A frozen city goes in, a frozen plan comes out; nothing here draws."""
