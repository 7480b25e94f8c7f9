"""People who want to hear from us in their own way, and a service for texts on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.timebank.builders import Community
from timebank import communication
from timebank.communication import ChangeCommunication
from timebank.people import MemberAdded


def wants(
    community: Community, added: MemberAdded, channel: str, form: str = "standard", **more: Any
) -> None:
    """A member wants to hear from us this way from now on."""
    row = community.read(communication.of_person, added.person_id)
    usual: dict[str, Any] = {
        "words": None, "copy_name": None, "copy_email": None, "copy_agreed": False,
        "no_news": False,
    }  # fmt: skip
    community.do(
        communication.change_communication,
        ChangeCommunication(
            member_id=added.member_id,
            revision=row.revision if row else 0,
            channel=channel,
            form=form,
            **{**usual, **more},
        ),
    )


class TextService:
    """What was posted to it, in order; ``refuse`` makes it answer 500."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []
        self.refuse = False
        self.port = 0

    @property
    def url(self) -> str:
        """The setting that sends texts to it."""
        return f"json://127.0.0.1:{self.port}/to/{{to}}"


@contextmanager
def text_service() -> Iterator[TextService]:
    """A small web server that takes what apprise posts."""
    service = TextService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(500 if service.refuse else 200)
            self.end_headers()
            if not service.refuse:
                service.texts.append((self.path.rpartition("/")[2], body["message"]))

        def log_message(self, *_: Any) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
