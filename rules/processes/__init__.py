"""A process a file: its forms, what it is (PROCESS), the policy keys it has (KEYS) and those it needs (NEEDS)."""
