"""What a release says of itself, rendered from its record alone: card, Croissant description, pictures, index.

What does not belong here: counting rows and gathering facts (`record.py`).
"""
