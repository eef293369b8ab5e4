"""Plan -> a file for other programs: workbook, calendar, project file, tables; in show's words."""
