"""One materialisation of a table: stage its rows, audit them, publish them; what its run shares and shows.

What the rows are belongs to `assets/`, what must hold for them to `quality/`, where they are kept to `storage/`.
"""
