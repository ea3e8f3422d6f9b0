"""What the floors above can listen to."""

from django.dispatch import Signal

# What readers see of a thread changed. Arguments: thread (the story's number). Sent inside the
# transaction that changes it.
thread_changed = Signal()

# The numbers that other pages print (comments of a story, readers who value one) changed some time
# ago. Arguments: threads (a list of stories' numbers). Sent by a duty, not for every comment.
numbers_changed = Signal()
