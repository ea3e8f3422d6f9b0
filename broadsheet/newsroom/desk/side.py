"""The panel beside a story's form. It is brought up to date whenever the draft saves itself."""

from typing import Any

from wagtail.admin.ui.side_panels import BaseSidePanel, ChecksSidePanel, PreviewSidePanel

from broadsheet.newsroom.desk import facts


class BeforePublishing(BaseSidePanel):
    """Words, reading time, what the wall shows to whom, and what is worth a second look."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = "Before publishing"
        icon_name = "glasses"
        counter_classname = "w-bg-warning-100"

        def get_context_data(self, parent_context: Any) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            context["count"] = len(self.panel.facts.warnings)
            return context

    name = "before-publishing"
    title = "Before publishing"
    template_name = "newsroom/desk/before_publishing.html"
    order = 350

    def __init__(self, story: Any, request: Any, *, path: str) -> None:
        super().__init__(story, request)
        self.facts = facts.of(story, path=path)

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        return context | {"facts": self.facts}


def without_checks(panels: Any) -> Any:
    """Leave Wagtail's checks out: they look for what its own editing bar would show on a page."""
    return type(panels)([one for one in panels if not isinstance(one, ChecksSidePanel)])


def with_ours(panels: Any, story: Any, request: Any, *, path: str) -> Any:
    """Put the story's panel before its preview.

    :param path: the story's place in the tree; that of its section for one not saved yet
    """
    kept = list(panels)
    at = next(
        (at for at, panel in enumerate(kept) if isinstance(panel, PreviewSidePanel)), len(kept)
    )
    kept.insert(at, BeforePublishing(story, request, path=path))
    return type(panels)(kept)
