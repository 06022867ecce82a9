"""Bytes that are given as a file to keep, or shown in a page, and are never a page themselves."""

from urllib.parse import quote

CSP = "default-src 'none'; sandbox; frame-ancestors 'none'"
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Kept by the reader's own browser at most, and asked for again each time.
    "Cache-Control": "private, no-cache",
    "Vary": "Cookie",
}


def disposition(name: str) -> str:
    """RFC 6266: the name in ASCII for old browsers, and as it is, percent-encoded (RFC 8187)."""
    plain = "".join(one if one.isascii() and one.isprintable() else "_" for one in name)
    plain = plain.replace("\\", "_").replace('"', "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
