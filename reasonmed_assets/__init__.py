"""Declarative, audited builds of medical-reasoning data sets.

Every module belongs to one of the packages below; here is only what all of them may use. Imports point one way: the
layers are the contracts in pyproject.toml.
"""
