"""What the programs' folder holds: which part each file belongs to, under which licence."""
