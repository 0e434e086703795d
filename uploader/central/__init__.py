"""What the desk and central say to each other besides recordings; each over a `Link`."""
