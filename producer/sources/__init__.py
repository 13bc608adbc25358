"""Where tweets come from: one module or folder for each source."""
