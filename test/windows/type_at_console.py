"""Runs a Windows program on a console, which Wine draws on a pseudo-terminal, and plays steps: each waits for a text,
then answers a prompt, types, or closes the console. Prints {status, screen} as JSON; status is null where it had to be ended."""
import json, os, pty, re, select, signal, sys, termios, time

job = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(job["argv"][0], job["argv"])


def screen(seen):
    text = re.sub(r"\x1b\[\?25[lh]|\x1b\[K|\x1b\[\d*m", "", seen.decode(errors="replace"))
    text = re.sub(r"\x1b\[(\d+)C", lambda match: " " * int(match[1]), text)
    return re.sub(r"\r*\n", "\n", text)


def is_raw():
    """Wine's console takes the keys over only when they are asked for; before that Linux echoes and edits them."""
    return not termios.tcgetattr(terminal)[3] & (termios.ECHO | termios.ICANON)


steps, seen, begin, status, is_open = list(job["steps"]), b"", 0, None, True
end = time.monotonic() + job.get("seconds", 60)
while time.monotonic() < end:
    if is_open and select.select([terminal], [], [], 0.02)[0]:
        try:
            seen += os.read(terminal, 65536)
            continue
        except OSError:  # nobody has it open any more
            is_open = False
    if steps and is_open and steps[0]["after"] in screen(seen[begin:]) and ("answer" not in steps[0] or is_raw()):
        step, begin = steps.pop(0), len(seen)
        typed = step.get("answer", step.get("type"))
        if typed is not None:
            os.write(terminal, typed.encode())
        else:
            os.close(terminal)
            is_open = False
    done, code = os.waitpid(pid, os.WNOHANG)
    if done:
        status = os.waitstatus_to_exitcode(code)
        while is_open and select.select([terminal], [], [], 0.1)[0]:
            try:
                seen += os.read(terminal, 65536)
            except OSError:
                break
        break
else:
    os.kill(pid, signal.SIGKILL)
print(json.dumps({"status": status, "screen": screen(seen), "left": len(steps)}))
