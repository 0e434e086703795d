"""Twinreel's pictures. The SVG is the source; `python -m assets.make_icons` renders the PNGs."""
