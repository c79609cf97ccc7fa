"""What the pages draw, as tables, tested without a browser; one module a page."""
