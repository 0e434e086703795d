"""Who asks: a desk signs in with each request."""

from __future__ import annotations

from http import HTTPStatus

from central.services import desk_secret
from central.services.errors import NotAllowed, SecretReplaced
from central.store.models import Device
from central.wire import Refused, Request, in_thread, wrong


async def signed_in(request: Request) -> Device:
    """The desk that asks; 401 without a credential of ours."""
    device_id, _, secret = request.bearer().partition(".")
    try:
        return await in_thread(desk_secret.authenticated, device_id, secret)
    except NotAllowed as error:
        headers = {"WWW-Authenticate": "Bearer"}
        code = error.code if isinstance(error, SecretReplaced) else "unauthorised"
        raise Refused(wrong(HTTPStatus.UNAUTHORIZED, code, str(error), headers)) from error
