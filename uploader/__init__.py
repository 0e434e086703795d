"""Carries finished recordings to central.

The installed programs are without charset_normalizer, by which requests guesses in what letters a
text is written (3 MB): nobody asks it to, and what it says of the lack is passed over.
"""

import warnings

warnings.filterwarnings("ignore", message="Unable to find acceptable character detection")
