"""Engines as sets of files: a manifest with checksums, verified before anything is parsed, published atomically."""
