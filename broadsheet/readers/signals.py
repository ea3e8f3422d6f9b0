"""What other apps can listen to."""

from django.dispatch import Signal

# A reader's sessions and passes from before a moment are void.
# Arguments: reader (Reader), before (datetime). Sent after commit.
passes_voided = Signal()
