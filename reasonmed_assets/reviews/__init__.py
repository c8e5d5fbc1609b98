"""Reviews by people: a sample of the final examples to fill in, and what came back.

`sheets.py` writes the sample as CSV and as a page; `files.py` keeps what people filled in and reads it. What the rows
come to is in `sql/tables/reviews.sql`.
"""

from reasonmed_assets.reviews.files import ReviewError, import_reviews, kept_files, read_reviews
from reasonmed_assets.reviews.sheets import export_sheets

__all__ = ["ReviewError", "export_sheets", "import_reviews", "kept_files", "read_reviews"]
