"""What went wrong on the way to another node, as a class: never what was said there."""

import asyncio
import ssl

import aiohttp

from node.remote.guard import ForbiddenConnection
from protocol.errors import Reason, Refused

# X509_V_ERR_… of OpenSSL.
_OUT_OF_TIME = frozenset({9, 10})
_WRONG_NAME = frozenset({62, 64})

_SENTENCES = {
    "name": "its name has no address; check the spelling or wait for its DNS",
    "certificate": "its certificate is not trusted; it must renew it, or name its ca_file here",
    "certificate_expired": "its certificate has expired or is not yet valid; it must renew it",
    "certificate_name": "its certificate is for another name; it must get one for its own",
    "tls": "no TLS connection came about; it must offer TLS 1.2 or later",
    "proxy": "the proxy did not let through; look at remote.outbound_proxy and its password",
    "connect": "nothing accepts connections there; it may be switched off",
    "timeout": "it did not answer in time; it is tried again later",
    "disconnected": "it closed the connection before it answered",
    "cut_short": "its answer broke off",
    "malformed": "what came back is not HTTP",
    "network": "the network failed",
}


def unreachable(error: Exception) -> Refused:
    """The refusal for what aiohttp or the system raised; facts: `failure`, its class."""
    cause = getattr(error, "os_error", error)
    if isinstance(cause, ForbiddenConnection):
        return Refused(
            Reason.FORBIDDEN_ADDRESS,
            f"the other node's address is of the kind {cause.kind}; nothing connects there",
            address_class=cause.kind,
        )
    failure = _class_of(error)
    return Refused(
        Reason.UNREACHABLE,
        f"the other node cannot be reached: {_SENTENCES[failure]}",
        failure=failure,
    )


def _class_of(error: Exception) -> str:
    match error:
        case aiohttp.ClientConnectorDNSError():
            return "name"
        case aiohttp.ClientConnectorCertificateError():
            return _class_of_certificate(error.certificate_error)
        case ssl.CertificateError():
            return _class_of_certificate(error)
        case aiohttp.ClientConnectorSSLError() | ssl.SSLError():
            return "tls"
        case aiohttp.ClientProxyConnectionError() | aiohttp.ClientHttpProxyError():
            return "proxy"
        case aiohttp.ClientConnectorError():
            return "connect"
        case TimeoutError() | asyncio.TimeoutError():
            return "timeout"
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError():
            return "disconnected"
        case aiohttp.ClientPayloadError():
            return "cut_short"
        case aiohttp.ClientResponseError() | aiohttp.InvalidURL():
            return "malformed"
        case _:
            return "network"


def _class_of_certificate(error: Exception) -> str:
    code = getattr(error, "verify_code", None)
    if code in _OUT_OF_TIME:
        return "certificate_expired"
    return "certificate_name" if code in _WRONG_NAME else "certificate"
