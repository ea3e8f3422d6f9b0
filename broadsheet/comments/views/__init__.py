"""Answering readers’ requests about comments: every act has a page, which works without a script."""
