"""What a role may do (SF55x to SF59x)."""

from __future__ import annotations

from sfdsl.checks.base import Check
from sfdsl.checks.permissions.malformed_narrowing import MalformedNarrowing
from sfdsl.checks.permissions.narrowing_without_effect import NarrowingWithoutEffect
from sfdsl.checks.permissions.partly_known_resource import PartlyKnownResource
from sfdsl.checks.permissions.placeholder_read_as_function import PlaceholderReadAsFunction
from sfdsl.checks.permissions.placeholder_to_supply import PlaceholderToSupply
from sfdsl.checks.permissions.policy_beyond_inline import PolicyBeyondInline
from sfdsl.checks.permissions.policy_too_long import PolicyTooLong
from sfdsl.checks.permissions.unconfirmed_action import UnconfirmedAction
from sfdsl.checks.permissions.underivable_permission import UnderivablePermission
from sfdsl.checks.permissions.unknown_passed_role import UnknownPassedRole
from sfdsl.checks.permissions.unnamed_resource import UnnamedResource
from sfdsl.checks.permissions.unscoped_action import UnscopedAction
from sfdsl.checks.permissions.wildcard_resource import WildcardResource

CHECKS: tuple[type[Check], ...] = (
    WildcardResource,
    PartlyKnownResource,
    UnnamedResource,
    UnscopedAction,
    UnconfirmedAction,
    UnknownPassedRole,
    PlaceholderToSupply,
    UnderivablePermission,
    PlaceholderReadAsFunction,
    NarrowingWithoutEffect,
    MalformedNarrowing,
    PolicyBeyondInline,
    PolicyTooLong,
)
"""The rules of this family, by code."""
