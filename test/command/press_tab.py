"""Types lines at an interactive shell on a new terminal, each with its Tabs and an Enter, and prints as JSON with which
words the shell then called the stand-in for htpasswd. The stand-in's end is what is waited for: no pauses."""
import json, os, pty, select, sys, time

job = json.loads(sys.argv[1])
answer = os.path.join(job["cwd"], ".answer")
stand_in = os.path.join(job["bin"], "htpasswd")
with open(stand_in, "w") as script:
    # the completion scripts ask the command itself
    script.write('#!/bin/sh\nif [ "$1" = completion ] && [ "$3" = -- ]; then exec "%s" "%s" "$@"; fi\n' % tuple(job["command"]))
    script.write('for word; do printf "%%s\\0" "$word"; done > "%s.new"\nmv "%s.new" "%s"\n' % ((answer,) * 3))
os.chmod(stand_in, 0o755)
pid, master = pty.fork()
if pid == 0:
    os.chdir(job["cwd"])
    path = job["bin"] + ":/usr/bin:/bin"
    os.execve(job["argv"][0], job["argv"], {"PATH": path, "HOME": job["cwd"], "TERM": "xterm", "LC_ALL": "C.UTF-8"})
seen = b""


def call(line):
    """The words that the stand-in was called with; None where it was not."""
    global seen
    os.write(master, line.encode() + b"\r")
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if select.select([master], [], [], 0.01)[0]:
            seen += os.read(master, 65536)
        if os.path.exists(answer):
            with open(answer, "rb") as file:
                words = file.read().decode().split("\0")[:-1]
            os.unlink(answer)
            return words
    return None


results = []
if call(job["setup"] + "; htpasswd ready") == ["ready"]:
    results = [call(line) for line in job["lines"]]
os.close(master)
print(json.dumps({"results": results, "seen": seen.decode(errors="replace")[-3000:]}))
