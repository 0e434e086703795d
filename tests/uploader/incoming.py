"""What comes in at the false central."""

from dataclasses import dataclass, field
from hashlib import sha256


@dataclass
class Upload:
    """One file that is coming in."""

    key: str
    length: int
    digest: str
    content: bytearray = field(default_factory=bytearray)

    @property
    def is_damaged(self) -> bool:
        return self.length == len(self.content) and sha256(self.content).hexdigest() != self.digest
