"""The call ledger: claims, attempts, accepted replies, batches and budgets, on disk before anything is read.

No request is sent and no reply is judged here.
"""
