"""What the three programs agree on: formats, protocol and selection. Nothing here does anything."""
