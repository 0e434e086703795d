"""The pure core: what is true (world), what should be happening (plan), what to do about it."""
