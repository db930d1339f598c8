"""`process.py OUTPUT COMMAND…` runs a command with its standard output in a file. It prints as JSON the seconds that the command took,
the seconds for which its processes had a core, and the largest memory of one of its processes in bytes."""

import json
import resource
import subprocess
import sys
import time

output, *command = sys.argv[1:]
with open(output, "wb") as file:
    start = time.perf_counter()
    status = subprocess.run(command, stdout=file, stderr=subprocess.DEVNULL, check=False).returncode
    seconds = time.perf_counter() - start
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"status": status, "seconds": seconds, "processor": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss * 1024}))
