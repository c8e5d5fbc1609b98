"""The call store: claims, attempts, accepted replies, batches and budgets, on disk before anything is read.

`store.CallStore` is what callers use and what a kind of database implements, `sqlite/` the first;
`opening.open_store` opens one. No request is sent and no reply is judged here, and nothing outside an implementation
knows its connections or files.
"""
