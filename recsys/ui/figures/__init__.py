"""Plotly figures in the theme's colours; ``recsys.ui.charts`` shows them, each with its table beneath."""
