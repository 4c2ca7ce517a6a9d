"""Services, operations and their parameters (SF50x to SF54x)."""

from __future__ import annotations

from sfdsl.checks.base import Check
from sfdsl.checks.integrations.child_output_as_text import ChildOutputAsText
from sfdsl.checks.integrations.credentials_not_taken import CredentialsNotTaken
from sfdsl.checks.integrations.deprecated_operation import DeprecatedOperation
from sfdsl.checks.integrations.empty_event import EmptyEvent
from sfdsl.checks.integrations.endpoint_without_https import EndpointWithoutHttps
from sfdsl.checks.integrations.incomplete_arn import IncompleteArn
from sfdsl.checks.integrations.lambda_by_arn import LambdaByArn
from sfdsl.checks.integrations.lowercase_parameter import LowercaseParameter
from sfdsl.checks.integrations.malformed_resource import MalformedResource
from sfdsl.checks.integrations.miscased_parameter import MiscasedParameter
from sfdsl.checks.integrations.missing_parameter import MissingParameter
from sfdsl.checks.integrations.not_exactly_one import NotExactlyOne
from sfdsl.checks.integrations.optimized_offered import OptimizedOffered
from sfdsl.checks.integrations.parameter_out_of_range import ParameterOutOfRange
from sfdsl.checks.integrations.pattern_not_offered import PatternNotOffered
from sfdsl.checks.integrations.qualifier_twice import QualifierTwice
from sfdsl.checks.integrations.region_in_resource import RegionInResource
from sfdsl.checks.integrations.retired_service import RetiredService
from sfdsl.checks.integrations.unknown_operation import UnknownOperation
from sfdsl.checks.integrations.unknown_parameter import UnknownParameter
from sfdsl.checks.integrations.unknown_parameter_value import UnknownParameterValue
from sfdsl.checks.integrations.unknown_pattern import UnknownPattern
from sfdsl.checks.integrations.unknown_service import UnknownService
from sfdsl.checks.integrations.unlisted_service import UnlistedService
from sfdsl.checks.integrations.unsupported_operation import UnsupportedOperation
from sfdsl.checks.integrations.wrong_parameter_type import WrongParameterType

CHECKS: tuple[type[Check], ...] = (
    MalformedResource,
    UnknownService,
    UnlistedService,
    RetiredService,
    UnknownOperation,
    UnsupportedOperation,
    UnknownPattern,
    PatternNotOffered,
    RegionInResource,
    UnknownParameter,
    MiscasedParameter,
    MissingParameter,
    WrongParameterType,
    UnknownParameterValue,
    ParameterOutOfRange,
    NotExactlyOne,
    LowercaseParameter,
    IncompleteArn,
    LambdaByArn,
    ChildOutputAsText,
    OptimizedOffered,
    QualifierTwice,
    EmptyEvent,
    DeprecatedOperation,
    CredentialsNotTaken,
    EndpointWithoutHttps,
)
