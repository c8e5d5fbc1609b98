"""Prompts: one template per model role, and how a row is rendered to chat messages.

What is sent besides the messages belongs to the asset that asks.
"""
