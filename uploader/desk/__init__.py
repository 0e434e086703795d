"""The local socket between client and uploader, which only the user may open.

The uploader listens (`DeskServer`), the client connects (`DeskClient`); both say what
`uploader.desk.messages` lists. Where the socket is follows from the state folder alone.
"""

from uploader.desk.client import DeskClient
from uploader.desk.messages import (
    FromClient,
    FromUploader,
    Goodbye,
    Hello,
    Masked,
    MaskVoice,
    Ordered,
    PolicyChanged,
    Spooled,
    State,
    UploadNow,
    Uploads,
)
from uploader.desk.server import DeskServer

__all__ = [
    "DeskClient",
    "DeskServer",
    "FromClient",
    "FromUploader",
    "Goodbye",
    "Hello",
    "MaskVoice",
    "Masked",
    "Ordered",
    "PolicyChanged",
    "Spooled",
    "State",
    "UploadNow",
    "Uploads",
]
