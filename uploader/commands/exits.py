"""What the exit status of every command means; docs/it/uploader.md has the table."""

from __future__ import annotations

OK, WAITING, MISTAKEN, ALREADY_RUNNING, FAILED = range(5)
EPILOG = """exit status: 0 done, or all is well; 1 something waits, is in quarantine or is wrong;
2 the command or the configuration is wrong; 3 another uploader has this spool; 4 the disk or the
system refuses. Codes of problems and what to do: docs/it/uploader.md."""
