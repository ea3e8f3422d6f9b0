"""The moderators' desk at /desk/comments/: queues, decisions, the log, the paper's rules."""
