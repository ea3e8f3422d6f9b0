"""How a paper is set up and started."""

import os

# Before the numerical library is loaded, which reads it once: what is multiplied for one comment is
# so small that threads spend more time waiting for each other than working (302 comments posted a
# CPU second instead of 142), and processes are forked here, which threads don't survive.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
