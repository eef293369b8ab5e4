"""Official files of later months: recognised by what they hold, compared with data/, taken in."""
