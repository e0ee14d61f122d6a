"""Addresses of clients, and which of them count as one."""

import ipaddress

SITE_PREFIX = 64  # bits of an IPv6 address that a household has to itself


def network_of(address: str) -> str:
    """The IPv4 address, or the /64 that an IPv6 address is in; what is no address stands for itself."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, SITE_PREFIX), strict=False))
