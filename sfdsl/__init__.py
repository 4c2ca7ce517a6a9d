"""A DSL and compiler for AWS Step Functions data pipelines."""
