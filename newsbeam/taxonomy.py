"""The event types: names only. What each means is in docs/taxonomy.md."""

VENDOR_TYPES = tuple(
    f"vendor.{name}"
    for name in (
        "product_launch product_withdrawal partnership contract acquisition divestiture investment funding "
        "listing earnings guidance market_share executive_change layoffs expansion contraction pricing "
        "security_incident supply_disruption insolvency"
    ).split()
)
REGULATORY_TYPES = tuple(
    f"regulatory.{name}"
    for name in (
        "export_control sanctions tariff antitrust merger_review investigation fine lawsuit ip_dispute "
        "privacy_rule surveillance platform_ai_rule product_ban approval subsidy"
    ).split()
)
TYPES = VENDOR_TYPES + REGULATORY_TYPES

# Where several fit one action, the earlier wins (the later are dropped for the same sentence).
PRECEDENCE = tuple(
    f"regulatory.{name}"
    for name in (
        "ip_dispute merger_review antitrust export_control sanctions tariff product_ban fine "
        "privacy_rule platform_ai_rule lawsuit investigation"
    ).split()
)


def family(event_type: str) -> str:
    """Return ``vendor`` or ``regulatory``."""
    return event_type.partition(".")[0]
