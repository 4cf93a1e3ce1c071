"""A program that migrates its database at startup, under an advisory lock that it does not wait for."""

import os
import signal
import subprocess
import sys
import time

LOCK = 7241865325823964
MIGRATION = "CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY)"


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    time.sleep(float(sys.argv[1]))  # the time that a program needs to load
    session = subprocess.Popen(
        ["psql", "--no-psqlrc", "--tuples-only", "--no-align", "--quiet", os.environ["DATABASE_URL"]],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert session.stdin is not None
    assert session.stdout is not None
    session.stdin.write(f"SELECT pg_try_advisory_lock({LOCK});\n")
    session.stdin.flush()
    if session.stdout.readline().strip() != "t":
        print("another migration is running, or there is no database", file=sys.stderr, flush=True)  # noqa: T201  # log
        session.kill()
        sys.exit(1)
    session.stdin.write(f"{MIGRATION};\nSELECT pg_sleep({float(sys.argv[2])});\n")
    session.stdin.close()
    session.wait()
    print("serving", flush=True)  # noqa: T201  # the test waits for it
    while True:
        time.sleep(0.05)


if __name__ == "__main__":
    main()
