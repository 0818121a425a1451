"""Duties: what recurs. Who, what, how often or how many in a window, from when to when, what counts as done."""
