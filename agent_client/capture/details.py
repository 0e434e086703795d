"""What a recording says of its calls: personal data like the pictures, and sealed like them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from agent_client.capture.settings import CaptureSettings
from agent_client.core.call import Call
from contract.canonical import canonical
from contract.envelope import Sealer
from contract.protocol import DETAILS

_DEK_BYTES = 32


def sealed_details(
    recording_id: str, settings: CaptureSettings, legs: Sequence[Call], beside: Sequence[Call]
) -> bytes:
    """The file's content. Attached data only for the keys that policy lists."""
    kept = settings.details_keys
    document = {
        "legs": [
            {
                "call_id": leg.call_id,
                "connection_id": leg.connection_id,
                "call_type": leg.call_type,
                "ani": leg.details.ani,
                "dnis": leg.details.dnis,
                "user_data": {key: value for key, value in leg.details.user_data if key in kept},
            }
            for leg in legs
        ],
        "beside": [{"call_id": leg.call_id, "connection_id": leg.connection_id} for leg in beside],
    }
    sealer = Sealer(
        {"recording_id": recording_id, "file": DETAILS},
        settings.recipients,
        secrets.token_bytes(_DEK_BYTES),
    )
    return sealer.header + sealer.seal(canonical(document), final=True)
