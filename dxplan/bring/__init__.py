"""Files of others, read as they are: workbooks, CSV, project files."""
