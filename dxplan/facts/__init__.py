"""Facts: dates, tables, values with unit, date, source and grade; read and checked."""
