"""What all tests of this folder hold to."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest

from sfdsl.testing import MockWarning


@pytest.fixture(autouse=True)
def _mocks_are_answers_that_the_services_can_give() -> Iterator[None]:
    """A mock that botocore's output shape does not allow proves nothing, so here it is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", MockWarning)
        yield
