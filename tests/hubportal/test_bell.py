"""The file broker under a reader that never looks away."""

import threading
import time
from pathlib import Path

import pytest
from kombu import Connection

from hubportal import bell


@pytest.fixture
def folders(tmp_path):
    for name in ("queue", "control"):
        (tmp_path / name).mkdir()
    return {
        "data_folder_in": str(tmp_path / "queue"),
        "data_folder_out": str(tmp_path / "queue"),
        "control_folder": str(tmp_path / "control"),
    }


def test_a_message_is_read_whole_however_closely_it_is_watched(folders):
    rings, heard, faults = 150, [], []

    def listen() -> None:
        with Connection(f"{bell.NAME}://localhost//", transport_options=folders) as reader:
            queue = reader.SimpleQueue("portal")
            deadline = time.monotonic() + 30
            while len(heard) < rings and time.monotonic() < deadline and not faults:
                try:
                    message = queue.get(block=False)
                except queue.Empty:
                    continue
                except ValueError as fault:  # half a message is no JSON
                    faults.append(fault)
                    return
                heard.append(message.payload)
                message.ack()
            queue.close()

    with Connection(f"{bell.NAME}://localhost//", transport_options=folders) as ringer:
        queue = ringer.SimpleQueue("portal")
        listener = threading.Thread(target=listen)
        listener.start()
        for number in range(rings):
            queue.put({"number": number, "long": "x" * 2_000})
        listener.join(40)
        queue.close()

    assert faults == []
    assert sorted(payload["number"] for payload in heard) == list(range(rings))


def test_a_ring_is_heard_also_after_the_folders_were_emptied(folders):
    def ring_and_listen() -> str:
        with Connection(f"{bell.NAME}://localhost//", transport_options=folders) as both:
            queue = both.SimpleQueue("portal")
            queue.put("ring")
            message = queue.get(timeout=5)
            message.ack()
            queue.close()
            return message.payload

    first = ring_and_listen()
    for folder in {Path(name) for name in folders.values()}:
        for file in folder.iterdir():
            file.unlink()

    assert (first, ring_and_listen()) == ("ring", "ring")
