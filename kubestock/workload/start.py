"""Starting a program again inside its container, for one whose start fails where another pod starts beside it."""

from kubestock.errors import ConfigurationError
from kubestock.values.numbers import seconds, whole
from kubestock.values.value import Value

_CODE_MAX = 127

_SCRIPT = """\
attempts=$1 start=$2 pause=$3 codes=$4; shift 4
child= ending=
end() { ending=yes interrupted=yes; if [ -n "$child" ]; then kill -TERM "$child" 2>/dev/null; fi; }
trap end TERM INT
run() {
  "$@" & child=$!
  if [ -n "$ending" ]; then kill -TERM "$child"; fi
  code= interrupted=yes
  while [ -n "$interrupted" ]; do
    interrupted=
    wait "$child"
    status=$?
    if [ -z "$code" ] || [ "$status" -ne 127 ]; then code=$status; fi
  done
  child=
}
attempt=1
while [ -z "$ending" ]; do
  began=$(date +%s)
  run "$@"
  lasted=$(($(date +%s) - began))
  case " $codes " in *" $code "*) ;; *) break ;; esac
  if [ -n "$ending" ] || [ "$lasted" -ge "$start" ]; then break; fi
  ended="start $attempt of $attempts ended with $code after $lasted s"
  if [ "$attempt" -ge "$attempts" ]; then echo "$ended; no more are tried" >&2; break; fi
  attempt=$((attempt + 1))
  wait=$((1 + $(od -An -N2 -tu2 /dev/urandom) % pause))
  echo "$ended; the next one begins in $wait s" >&2
  sleep "$wait" & child=$!
  wait "$child"
  child=
done
exit "${code:-0}"
"""
"""POSIX sh, for the shells of Alpine and Debian alike. `wait` is repeated, because a signal interrupts it; it answers
127 for a child that was waited for already. There is no `$$` in it, which Kubernetes would make one `$`."""


class RepeatedStart(Value):
    """Tries the start of a program again, after a random pause, instead of letting the container end.

    For a program that ends when it cannot get a lock at once, such as one that migrates its database as it starts: of
    two pods that start together one ends. Without this, the kubelet restarts the container with pauses that double up
    to five minutes, and an alert counts the restarts. The pause is random, so that pods do not meet again.

    The program runs as a child of `sh`, which passes SIGTERM on and ends with the program's own exit code. Only an
    early end with one of `exit_codes` is repeated: a crash later on, a program that the kernel killed, and the last
    attempt end the container as ever. Each attempt is a line on standard error.

    Args:
        program: the command and its arguments. It replaces the entrypoint and the command of the image, which must
            have `sh`, `sleep`, `date` and `od`.
        attempts: how often the program is started in all. Defaults to 5.
        start_seconds: an end within this time after the start counts as a failed start. Defaults to 30.
        longest_pause_seconds: the pause before the next attempt is 1 to this many seconds, at random. Defaults to 5.
        exit_codes: of a start that is tried again. Defaults to 1.

    Raises:
        ConfigurationError: if the program is empty, there is nothing to repeat, or an exit code is not 1 to 127: 0 is
            a success, and above 127 a signal ended the program.
    """

    program: tuple[str, ...]
    attempts: int = 5
    start_seconds: int = 30
    longest_pause_seconds: int = 5
    exit_codes: tuple[int, ...] = (1,)

    def check(self) -> None:
        if not self.program:
            raise ConfigurationError("program must be a tuple of words such as ('node', 'src/server.js'), got ()")
        whole("attempts", self.attempts, minimum=2)
        seconds("start_seconds", self.start_seconds, minimum=1)
        seconds("longest_pause_seconds", self.longest_pause_seconds, minimum=1)
        if not self.exit_codes:
            raise ConfigurationError("exit_codes must name at least one exit code, got (): no start would be repeated")
        for code in self.exit_codes:
            if whole("an exit code", code, minimum=1) > _CODE_MAX:
                raise ConfigurationError(
                    f"an exit code must be 1 to {_CODE_MAX}, got {code}: above it a signal ended the program, and the "
                    "kubelet must see that"
                )

    @property
    def command(self) -> tuple[str, ...]:
        """The command of the container."""
        codes = " ".join(str(code) for code in self.exit_codes)
        numbers = (str(self.attempts), str(self.start_seconds), str(self.longest_pause_seconds), codes)
        return ("sh", "-c", _SCRIPT, "start", *numbers, *self.program)
