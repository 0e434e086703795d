"""What Twinreel is on Windows: resources, package, templates."""
