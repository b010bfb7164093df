from tests.contract.fixtures import api, merchant

__all__ = ["api", "merchant"]
