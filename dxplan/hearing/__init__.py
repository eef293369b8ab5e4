"""The hearing: a sheet for the client and for each vendor, and what comes back in it."""
