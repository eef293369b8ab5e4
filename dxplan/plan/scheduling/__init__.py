"""The scheduler: a problem in, a schedule out. It knows tasks, resources and calendars, and no municipality."""
