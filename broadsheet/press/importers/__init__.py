"""Reading what other systems kept: stories, one file to a format.

``formats.read`` yields records and complaints; ``broadsheet.archive`` writes them. Nothing here
knows a database, follows an address in a file or writes outside its own temporary files.
"""
