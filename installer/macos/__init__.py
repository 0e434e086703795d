"""The package for macOS, and the profiles that a management system sends beside it."""
