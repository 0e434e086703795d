"""The local socket between client and uploader, which only the user may open.

The uploader listens (`DeskServer`), the client connects (`DeskClient`); both say what
`uploader.desk.messages` lists. Where the socket is follows from the state folder alone.
"""

from uploader.desk.client import DeskClient
from uploader.desk.messages import (
    Answered,
    BridgeGone,
    BridgeHere,
    Decided,
    Doing,
    FromBridge,
    FromClient,
    FromUploader,
    Goodbye,
    Held,
    Hello,
    Kept,
    Look,
    Masked,
    MaskVoice,
    NoticeRead,
    Ordered,
    PagePaired,
    PairPage,
    PolicyChanged,
    SessionEnds,
    Spooled,
    State,
    ToBridge,
    UploadNow,
    Uploads,
)
from uploader.desk.onlooker import watched
from uploader.desk.server import DeskServer

__all__ = [
    "Answered",
    "BridgeGone",
    "BridgeHere",
    "Decided",
    "DeskClient",
    "DeskServer",
    "Doing",
    "FromBridge",
    "FromClient",
    "FromUploader",
    "Goodbye",
    "Held",
    "Hello",
    "Kept",
    "Look",
    "MaskVoice",
    "Masked",
    "NoticeRead",
    "Ordered",
    "PagePaired",
    "PairPage",
    "PolicyChanged",
    "SessionEnds",
    "Spooled",
    "State",
    "ToBridge",
    "UploadNow",
    "Uploads",
    "watched",
]
