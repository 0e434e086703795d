"""Makes what IT installs: the programs' folder, the packages of three systems, their templates."""
