"""Runs a command and tells what it took, as one line of JSON: measure.py SECONDS COMMAND...

`began` by the clock; wall time from its start to its end; CPU and peak memory of it and of all that it started (getrusage).
"""
import json, resource, subprocess, sys, time

at, began = time.time(), time.monotonic()
try:
    done = subprocess.run(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=float(sys.argv[1]))
    code, out, err = done.returncode, done.stdout, done.stderr
except subprocess.TimeoutExpired:
    code, out, err = -1, "", f"not done within {sys.argv[1]} s"
wall, used = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"began": at, "wall": wall, "cpu": used.ru_utime + used.ru_stime, "rss": used.ru_maxrss * 1024, "code": code, "out": out[-2000:], "err": err[-2000:]}))
