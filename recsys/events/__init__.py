"""Clicks as they come in: kept where nothing acknowledged is lost, and learned from by every server that follows."""
