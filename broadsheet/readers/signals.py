"""What other apps can listen to."""

from django.dispatch import Signal

# A reader's sessions and passes from before a moment are void.
# Arguments: reader (Reader), before (datetime). Sent after commit.
passes_voided = Signal()

# Sessions were ended that others hold. Argument: readers (set of readers' keys). Sent inside the
# transaction.
sessions_ended = Signal()

# Whole stories were opened by readers: ``rows`` holds (reader's key, story's number, seconds since
# 1970). Sent some time after, and not for every way of reading.
stories_read = Signal()

# A reader is shown by another name. Arguments: reader (Reader). Sent inside the transaction.
reader_renamed = Signal()
