"""`python -m servicehall` is the same as the command `servicehall`."""

from servicehall.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
