"""The warm kernel: a template process that is forked for each notebook."""
