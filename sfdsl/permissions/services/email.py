"""SES: identities, configuration sets and templates."""

from __future__ import annotations

import re
from collections.abc import Callable

from sfdsl.permissions.arns import expand, pattern
from sfdsl.permissions.collector import Collector
from sfdsl.permissions.statements import Resource
from sfdsl.permissions.values import GAP

__all__ = ["send_email"]


_TEMPLATES = ("Content.Template.TemplateName", "DefaultContent.Template.TemplateName", "Template")


def send_email(*senders: str) -> Callable[[Collector], None]:
    """Send email: authorised on the identity, which is the address or its domain, whichever is verified.

    Source: Amazon SES Developer Guide, "Identity and access management in Amazon SES", restricting access.
    """

    def run(needs: Collector) -> None:
        action = f"ses:{needs.call.api[:1].upper()}{needs.call.api[1:]}"
        every = expand("~ses:identity/*")
        found: list[Resource] = []
        sender = next((value for path in senders if (value := needs.get(path)) is not None), None)
        for text in sender.texts if sender is not None else (GAP,):
            address = re.sub(r"^.*<([^<>]*)>\s*$", r"\1", text)
            names = [address] if "@" not in address else [address, address.rpartition("@")[2]]
            names = [name for name in names if name] or [GAP]
            found += [Resource(text=expand("~ses:identity/") + pattern(n), shape=every, open=GAP in n) for n in names]
        argument = sender.path if sender is not None else ""
        if sender is None or sender.dynamic:
            needs.unknown(action, found[0], argument)
        for kind, paths in (("configuration-set", ("ConfigurationSetName",)), ("template", _TEMPLATES)):
            named = next((value for path in paths if (value := needs.get(path)) is not None and value.certain), None)
            texts = named.texts if named is not None else ()
            if kind == "template" and named is None and needs.call.api in ("sendBulkEmail", "sendTemplatedEmail"):
                texts = (GAP,)
            shape = expand(f"~ses:{kind}/*")
            found += [
                Resource(text=expand(f"~ses:{kind}/") + pattern(text), shape=shape, open=GAP in text) for text in texts
            ]
        needs.allow(action, found, argument=argument, why="send the email")

    return run
