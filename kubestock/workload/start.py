"""Repeated starts of a program in its container, for programs that fail if another pod starts at the same time."""

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
"""POSIX sh, which runs in the shells of Alpine and Debian. `wait` is repeated, because a signal interrupts it; it
returns 127 if it has already returned the status of the child. The script contains no `$$`, because Kubernetes
replaces it by `$`."""


class RepeatedStart(Value):
    """Restarts a program that fails while it starts, after a random pause, so that the container keeps running.

    Use it for a program that exits when it cannot get a lock, such as one that migrates its database when it starts: of
    two pods that start together, one exits. Without this class, the kubelet restarts the container with pauses that
    double up to five minutes, and an alert counts the restarts. The pause is random, so that the pods do not start at
    the same time again.

    The program runs as a child of `sh`, which forwards SIGTERM and exits with the program's exit code. Only an early
    exit with one of `exit_codes` causes another attempt: a later crash, a program that the kernel killed, and the last
    attempt end the container as usual. The script writes one line for each failed attempt to standard error.

    Args:
        program: the command and its arguments. It replaces the entrypoint and the command of the image, which must have
            `sh`, `sleep`, `date` and `od`.
        max_starts: the total number of starts. Defaults to 5.
        start_seconds: an exit within this time after the start counts as a failed start. Defaults to 30.
        max_pause_seconds: the pause before the next attempt is a random number of seconds from 1 to this number.
            Defaults to 5.
        exit_codes: the exit codes after which the program is started again. Defaults to 1.

    Raises:
        ConfigurationError: if the program is empty, there are fewer than 2 starts, or an exit code is not from 1 to
            127: 0 means success, and a code above 127 means that a signal ended the program.
    """

    program: tuple[str, ...]
    max_starts: int = 5
    start_seconds: int = 30
    max_pause_seconds: int = 5
    exit_codes: tuple[int, ...] = (1,)

    def check(self) -> None:
        if not self.program:
            raise ConfigurationError("program must be a tuple of words such as ('node', 'src/server.js'), got ()")
        whole("max_starts", self.max_starts, minimum=2)
        seconds("start_seconds", self.start_seconds, minimum=1)
        seconds("max_pause_seconds", self.max_pause_seconds, minimum=1)
        if not self.exit_codes:
            raise ConfigurationError("exit_codes must not be empty, got (): no start would be repeated")
        for code in self.exit_codes:
            if whole("an exit code", code, minimum=1) > _CODE_MAX:
                raise ConfigurationError(
                    f"an exit code must be from 1 to {_CODE_MAX}, got {code}: a higher code means that a signal ended "
                    "the program, which the kubelet must see; remove it"
                )

    @property
    def command(self) -> tuple[str, ...]:
        """The command of the container."""
        codes = " ".join(str(code) for code in self.exit_codes)
        numbers = (str(self.max_starts), str(self.start_seconds), str(self.max_pause_seconds), codes)
        return ("sh", "-c", _SCRIPT, "start", *numbers, *self.program)
