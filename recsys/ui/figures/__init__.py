"""Vega-Lite figures in the theme's colours; ``recsys.ui.components.charts`` shows them, each with its table beneath."""
