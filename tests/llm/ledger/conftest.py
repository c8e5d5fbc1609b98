"""The contract's assertions tell their values, as those of a test module do."""

import pytest

pytest.register_assert_rewrite("contract", "stores")
