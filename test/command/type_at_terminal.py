"""Runs a command on a new terminal and plays steps: type text or send a signal when a prompt stands with echo off, or
once the text "after" is seen. With "hangup" the terminal is closed after the text was typed; with "continued" the command
is stopped before it, echo turned on as a shell does, and the command continued.
Prints {status, terminal, echo: [off while asked, ... , on afterwards]} as JSON."""
import json, os, pty, select, signal, sys, termios, time

job = json.loads(sys.argv[1])
master, slave = pty.openpty()
pid = os.fork()
if pid == 0:
    os.close(master)
    os.login_tty(slave) if hasattr(os, "login_tty") else (os.setsid(), __import__("fcntl").ioctl(slave, termios.TIOCSCTTY, 0), [os.dup2(slave, fd) for fd in (0, 1, 2)])
    os.execvp(job["argv"][0], job["argv"])
echoes = lambda: bool(termios.tcgetattr(slave)[3] & termios.ECHO)
steps, seen, asked, echo, status = list(job["steps"]), b"", 0, [], None
end = time.monotonic() + job.get("limit", 60)
while time.monotonic() < end:
    ready, _, _ = select.select([master], [], [], 0.02)
    if ready:
        seen += os.read(master, 65536)
    elif steps and len(seen) > asked and seen.endswith(b": ") and not echoes():
        asked = len(seen)
        echo.append(echoes())
        step = steps.pop(0)
        if "signal" in step:
            os.kill(pid, getattr(signal, step["signal"]))
        else:
            if "continued" in step:
                os.kill(pid, signal.SIGSTOP)
                os.waitpid(pid, os.WUNTRACED)
                modes = termios.tcgetattr(slave)
                modes[3] |= termios.ECHO | termios.ICANON
                termios.tcsetattr(slave, termios.TCSANOW, modes)
                os.kill(pid, signal.SIGCONT)
                while echoes() and time.monotonic() < end:
                    select.select([], [], [], 0.01)
            os.write(master, step["type"].encode("latin1"))
        if "hangup" in step:
            os.close(master)
            code = os.waitpid(pid, 0)[1]
            status = "signal %d" % (code & 127) if code & 127 else os.WEXITSTATUS(code)
            print(json.dumps({"status": status, "terminal": seen.decode("latin1"), "echo": echo}))
            sys.exit()
    elif steps and "after" in steps[0] and steps[0]["after"].encode("latin1") in seen:
        os.kill(pid, getattr(signal, steps.pop(0)["signal"]))
    elif status is None:
        done, code = os.waitpid(pid, os.WNOHANG)
        if done:
            status = os.WEXITSTATUS(code) if os.WIFEXITED(code) else "signal %d" % os.WTERMSIG(code)
    else:
        break
echo.append(echoes())
print(json.dumps({"status": status, "terminal": seen.decode("latin1"), "echo": echo}))
