"""Plan -> a file that other programs open: workbook, calendar, project file, tables. Says what the show floor says."""
