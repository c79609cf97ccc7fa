"""A person at the pages without a browser: what a browser sends and receives, and nothing that it draws.

A browser needs most of a core to draw a page, and people bring their own: beside a server that is measured on two
cores, this one leaves the server what it would have.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

LARGEST = 256 * 1024 * 1024
RETURNING = "Returning"
"""What to pick in the menu of the control bar for some returning reader, at some other moment."""
PICK = "Pick"
LISTS = "Recommend"
"""The title of the page that shows one reader's list."""


class PageError(Exception):
    """The server did not run a page to its end, or the page shows an exception."""


class PageClient:
    """One person's connection to the app, with the menus and pages seen so far."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, address: str = "") -> None:
        self._socket = socket
        self._address = address
        self._page = ""
        self._menus: dict[str, str] = {}
        self.pages: dict[str, str] = {}
        """The hash of each page, by its title."""
        self.session_id = ""

    async def come(self) -> float:
        """Open the first page; how long until it is there, ms."""
        return await self._run(BackMsg())

    async def pick(self, kind: str) -> float:
        """Pick a reader of a kind; how long until the page has followed, ms."""
        message = BackMsg()
        picked = message.rerun_script.widget_states.widgets.add(id=self._menus[PICK])
        picked.string_trigger_value.data = kind
        return await self._run(message)

    async def go(self, title: str) -> float:
        """Change to another page; how long until it is there, ms."""
        self._page = self.pages[title]
        return await self._run(BackMsg())

    async def _run(self, message: BackMsg) -> float:
        message.rerun_script.page_script_hash = self._page
        message.rerun_script.query_string = self._address
        began = time.perf_counter()
        await self._socket.send_bytes(message.SerializeToString())
        while True:
            received = await self._socket.receive(60)
            if received.type is not aiohttp.WSMsgType.BINARY:
                raise PageError(f"the connection ended: {received.type.name}")
            if self._is_the_end(ForwardMsg.FromString(received.data)):
                return 1000 * (time.perf_counter() - began)

    def _is_the_end(self, message: ForwardMsg) -> bool:
        if message.HasField("new_session"):
            self.session_id = message.new_session.initialize.session_id or self.session_id
        if message.HasField("navigation"):
            self.pages = {page.page_name: page.page_script_hash for page in message.navigation.app_pages}
            self._page = message.navigation.page_script_hash
        element = message.delta.new_element
        if element.HasField("menu_button"):
            self._menus[element.menu_button.label] = element.menu_button.id
        if element.HasField("exception"):
            raise PageError(element.exception.message)
        if not message.HasField("script_finished"):
            return False
        if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            raise PageError("the page does not compile")
        return message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY


@asynccontextmanager
async def at_the_pages(address: str, query: str = "") -> AsyncIterator[PageClient]:
    """Somebody at the page of lists, once it is there, with this in their address; gone at the end."""
    async with (
        aiohttp.ClientSession(address) as session,
        session.ws_connect("/_stcore/stream", protocols=("streamlit",), max_msg_size=LARGEST) as socket,
    ):
        client = PageClient(socket, query.removeprefix("?"))
        await client.come()
        await client.go(LISTS)
        yield client


async def browse(address: str, stop: asyncio.Event, reading: float) -> list[float]:
    """Look at one list after another, so many seconds each, until ``stop`` is set; how long each took to come, ms."""
    took = []
    async with at_the_pages(address) as client:
        while not stop.is_set():
            took.append(await client.pick(RETURNING))
            await asyncio.sleep(reading)
    return took
