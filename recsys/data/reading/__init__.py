"""From files as they are to columns of clicks: what a file holds, which column is what, how its values are read."""
