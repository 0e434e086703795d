"""The world around the product: a display, a keyring, a desktop, voices and a Workspace."""
