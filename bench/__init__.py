"""
Benchmarks: each prints ratios against a floor measured in the same run, because machines differ and are shared.

The last line of every bench is JSON: `{"name": …, "ratios": {…}}`.
"""
