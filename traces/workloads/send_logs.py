# Sends rsyslogd what it logs for traces/rsyslogd.hat: four connections at once, 6,000 messages
# each. Then waits until all of them are in the file.
import socket
import sys
import threading
import time

CONNECTIONS, MESSAGES = 4, 6000


def message(thread, i):
    kind = "error" if i % 10 == 0 else "fine"
    return (f"<13>2024-05-{1 + i % 9:02}T10:00:{i % 60:02}.000000+00:00 host{thread} "
            f"app{i % 7}[{i}]: message {i} of {thread} {kind} {'x' * (i * 37 % 200)}\n").encode()


def send(path, thread):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        for i in range(MESSAGES):
            connection.sendall(message(thread, i))


def lines(path):
    try:
        with open(path, "rb") as file:
            return sum(1 for _ in file)
    except FileNotFoundError:
        return 0


def main():
    target, result = sys.argv[1:]
    threads = [threading.Thread(target=send, args=(target, t)) for t in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for _ in range(600):
        if lines(result) >= CONNECTIONS * MESSAGES:
            return
        time.sleep(0.1)
    sys.exit("rsyslogd did not log everything")


main()
