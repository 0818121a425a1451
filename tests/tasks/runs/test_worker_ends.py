"""A worker that has given up everything ends, whatever of the libraries' still waits."""

import subprocess
import sys

WAITS_FOR_EVER = """
import threading
from tasks.runs.worker import end_within

threading.Thread(target=threading.Event().wait).start()
end_within(0.2)
"""


def test_a_thread_that_waits_for_ever_does_not_keep_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", WAITS_FOR_EVER], timeout=60, check=False)
    assert done.returncode == 0
