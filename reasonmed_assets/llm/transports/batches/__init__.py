"""The Batch API of a provider: files of calls go up, their replies come back within a day.

What all transports share (connection, limits, the judgement of a response) is beside this package.
"""
