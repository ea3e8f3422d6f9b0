"""The database engine for PostgreSQL: Django's, with one connection per thread and a watchdog.

A thread keeps its connection from request to request, and Django checks it when a request starts.
There is no connection pool: whoever asks first would open it, the supervisor before it forks
included, and it runs threads of its own.
"""
