"""Screens: what a report looks like on a terminal."""
