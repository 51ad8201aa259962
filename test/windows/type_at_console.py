"""Runs a Windows program on a console, which Wine draws on a pseudo-terminal, and plays steps: each waits for a text,
then types, or closes the console. Prints {status, screen} as JSON; status is null where it had to be ended."""
import json, os, pty, re, select, signal, sys, time

job = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(job["argv"][0], job["argv"])


def screen(seen):
    text = re.sub(r"\x1b\[\?25[lh]|\x1b\[K|\x1b\[\d*m", "", seen.decode(errors="replace"))
    text = re.sub(r"\x1b\[(\d+)C", lambda match: " " * int(match[1]), text)
    return re.sub(r"\r*\n", "\n", text)


# what is typed ahead of the first prompt is shown by Wine's console itself, so each step waits for its text
steps, seen, begin, status, is_open = list(job["steps"]), b"", 0, None, True
end = time.monotonic() + job.get("seconds", 60)
while time.monotonic() < end:
    if is_open and select.select([terminal], [], [], 0.02)[0]:
        try:
            seen += os.read(terminal, 65536)
            continue
        except OSError:  # nobody has it open any more
            is_open = False
    if steps and is_open and steps[0]["after"] in screen(seen[begin:]):
        step, begin = steps.pop(0), len(seen)
        if "type" in step:
            os.write(terminal, step["type"].encode())
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
