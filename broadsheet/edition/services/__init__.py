"""What machines and searchers ask the paper for: search, feeds, sitemaps, the API."""


def connect() -> None:
    """Follow the newsroom. Called once, when the edition starts."""
    from broadsheet.edition.services.search import signals

    signals.connect()
