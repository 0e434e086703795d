"""The enrolment token, traded for the desk's own credential."""

from __future__ import annotations

import logging

import msgspec

from contract.canonical import unb64
from contract.desk_config import Identity
from contract.protocol import ENROL, Enrolled, Enrolment, EnrolmentToken
from uploader.core import Verdict
from uploader.link import CentralError, Link, RefusedError

logger = logging.getLogger(__name__)


class ForeignCentralError(CentralError):
    """Who answered is not the central that the token was made for."""

    def __init__(self) -> None:
        """Nothing it said is kept."""
        super().__init__(
            "the root key is not the one that the token names",
            verdict=Verdict.SIGN_IN,
            code="central-foreign",
        )


def enrol(
    link: Link, url: str, token: EnrolmentToken, device_name: str, version: str
) -> tuple[Identity, str]:
    """Who this desk is from now on, and its secret. CentralError says what to do next."""
    asked = Enrolment(token=token.secret, device_name=device_name, client_version=version)
    try:
        answer = link.ask(
            "POST",
            ENROL,
            headers={"Content-Type": "application/json"},
            body=msgspec.json.encode(asked),
        )
    except RefusedError as error:
        if error.verdict is not Verdict.SIGN_IN:
            raise
        raise CentralError(str(error), verdict=error.verdict, code="not-enrolled") from error
    enrolled = answer.read(Enrolled)
    try:
        root = unb64(enrolled.root_key)
    except ValueError:
        raise ForeignCentralError from None
    if not token.fits(root):
        raise ForeignCentralError
    logger.info("this desk is device %s now", enrolled.device_id)
    identity = Identity(device_id=enrolled.device_id, root_key=enrolled.root_key, central_url=url)
    return identity, enrolled.device_secret
