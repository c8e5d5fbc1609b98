"""How claimed calls reach a model: HTTP, the Batch API, vLLM in a child process; pacing, retries, outages.

Which calls are made belongs to `engine/`, what is stored to `ledger/`.
"""
