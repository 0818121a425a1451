"""Forms that several processes ask, or none: tasks that stand alone."""
