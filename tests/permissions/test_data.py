"""The package data: what the facts say, and quick to ask."""

from __future__ import annotations

import subprocess
import sys

from sfdsl.aws import iam
from tests.conftest import ROOT, shared


def test_the_data_is_what_the_facts_say() -> None:
    shared("facts/sdk_iam_map.json")
    shared("facts/integrations.json")
    run = subprocess.run(
        [sys.executable, "tools/iam_data.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


def test_an_unknown_service_has_nothing() -> None:
    assert iam.optimized_needs("nothing", "run", "") is None
    assert iam.sdk_needs("nothing", "run") is None
    assert iam.prefix_of_service("nothing") is None
    assert iam.unverified("nothing") == ()


def test_an_unverified_operation_has_no_needs() -> None:
    assert "describeAcmeAccount" in iam.unverified("acm")
    assert not iam.known("acm", "describeAcmeAccount")
    assert iam.known("acm", "describeCertificate")
