"""Who asks: a desk signs in with each request."""

from __future__ import annotations

from http import HTTPStatus

from central.services import desks
from central.services.errors import NotAllowed
from central.store.models import Device
from central.wire import Refused, Request, in_thread, wrong


async def signed_in(request: Request) -> Device:
    """The desk that asks; 401 without a credential of ours."""
    device_id, _, secret = request.bearer().partition(".")
    try:
        return await in_thread(desks.authenticated, device_id, secret)
    except NotAllowed as error:
        headers = {"WWW-Authenticate": "Bearer"}
        raise Refused(
            wrong(HTTPStatus.UNAUTHORIZED, "unauthorised", str(error), headers)
        ) from error
