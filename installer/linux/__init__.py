"""What is made for Linux."""
