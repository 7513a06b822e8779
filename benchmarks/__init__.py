"""What Millet costs and finds, beside a bare bot or another's method."""

import bot as bot  # first of all, so that numpy has as many threads here as there
