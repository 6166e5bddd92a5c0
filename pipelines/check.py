"""``newsbeam check``: is the configuration and the knowledge in order?"""

import sys
from pathlib import Path

from newsbeam.config import Settings, load_settings
from newsbeam.detection import load_language
from newsbeam.knowledge.catalogue import load_authorities, load_vendors
from newsbeam.nlp.rules import compile_rules, load_rules
from newsbeam.nlp.vendors import canonical
from sinks.registry import make_sink


def check(config: Path | None, vendor: str | None) -> int:
    """Load everything and say what was found; raises the first :class:`UsageError` met."""
    settings = load_settings(config)
    for sink in settings.sinks:
        make_sink(sink.type, sink.options, where=str(config))
    load_language(settings.nlp.model)
    rules = load_rules()
    compile_rules(rules)
    if vendor is not None:
        return _find(vendor)
    _summarise(settings, config)
    sys.stdout.write(f"rules          {len(rules)}\n")
    return 0


def _summarise(settings: Settings, config: Path | None) -> None:
    out = sys.stdout
    out.write(f"configuration  {config or 'defaults'}: ok\n")
    out.write(f"feeds          {len(settings.feeds)}\n")
    out.write(f"contact        {settings.http.contact or 'none: set http.contact, servers see it'}\n")
    out.write(f"policies       {', '.join(policy.name for policy in settings.policies)}\n")
    out.write(f"sinks          {', '.join(sink.type for sink in settings.sinks)}\n")
    out.write(f"vendors        {len(load_vendors())}\n")
    out.write(f"authorities    {len(load_authorities())}\n")


def _find(name: str) -> int:
    found = canonical(name)
    known = {vendor.id: vendor for vendor in load_vendors()}
    if found not in known:
        sys.stderr.write(f"newsbeam: no vendor in the catalogue answers to {name!r}\n")
        return 1
    sys.stdout.write(f"{found}  {known[found].name}\n")
    return 0
