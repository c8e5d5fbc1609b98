"""What a reply says: the response of an endpoint read once, and its text parsed as the role's value.

What a role must reply is the role's; nothing is sent or stored here.
"""
