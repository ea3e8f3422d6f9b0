"""How the forms of pages are laid out: what is written first, then what is decided."""

from typing import Any

from wagtail.admin.panels import (
    CommentPanel,
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    MultipleChooserPanel,
    ObjectList,
    PublishingPanel,
    TabbedInterface,
    TitleFieldPanel,
)

from broadsheet.newsroom.widgets import NowInput


def _found(*fields: Any) -> MultiFieldPanel:
    """Lay out a page's address and what search engines show."""
    return MultiFieldPanel(
        [
            *fields,
            FieldPanel(
                "slug",
                heading="Address",
                help_text="The last part of its address. Readers who come by an old one are sent "
                "on to the new one.",
            ),
            FieldPanel(
                "seo_title",
                heading="Headline for search engines",
                help_text="Empty: the headline itself.",
            ),
            FieldPanel(
                "search_description",
                heading="Description for search engines",
                help_text="Empty: the standfirst or the description.",
            ),
        ],
        heading="Address and search",
        icon="globe",
    )


def front_page() -> TabbedInterface:
    return TabbedInterface(
        [
            ObjectList(
                [
                    FieldPanel("lead", heading="Lead"),
                    MultipleChooserPanel(
                        "placements",
                        heading="Placed stories",
                        label="placed story",
                        chooser_field_name="story",
                        help_text="Under the lead, in this order. Below them come the latest "
                        "stories of each section by themselves.",
                        panels=[FieldRowPanel([FieldPanel("story"), FieldPanel("size")])],
                    ),
                ],
                heading="Front page",
            ),
            ObjectList(
                [
                    FieldPanel(
                        "title",
                        heading="Name in the newsroom",
                        help_text="Readers see the paper's name.",
                    ),
                    FieldPanel(
                        "seo_title",
                        heading="Title for search engines",
                        help_text="Empty: the paper's name.",
                    ),
                    FieldPanel(
                        "search_description",
                        heading="Description for search engines",
                        help_text="Empty: the paper's tagline.",
                    ),
                    PublishingPanel(),
                ],
                heading="Search",
            ),
        ]
    )


def section() -> TabbedInterface:
    return TabbedInterface(
        [
            ObjectList(
                [
                    TitleFieldPanel(
                        "title",
                        heading="Name",
                        placeholder="Name of the section",
                        help_text="As it stands over its stories.",
                    ),
                    FieldPanel("description"),
                ],
                heading="Section",
            ),
            ObjectList([_found(), PublishingPanel()], heading="Address"),
        ]
    )


def story() -> TabbedInterface:
    return TabbedInterface(
        [
            ObjectList(
                [
                    TitleFieldPanel(
                        "title",
                        heading="Headline",
                        placeholder="Headline",
                        help_text="110 characters at most are printed elsewhere.",
                    ),
                    FieldPanel("standfirst"),
                    MultipleChooserPanel(
                        "bylines",
                        heading="Bylines",
                        label="author",
                        chooser_field_name="author",
                        help_text="Who wrote it, in the order printed.",
                        panels=[FieldPanel("author")],
                    ),
                    FieldPanel("dateline"),
                    MultiFieldPanel(
                        [
                            FieldPanel("lead_picture", heading="Picture"),
                            FieldPanel("lead_caption", heading="Caption"),
                        ],
                        heading="Lead picture",
                        icon="image",
                    ),
                    FieldPanel("body", heading="Text"),
                ],
                heading="Story",
            ),
            ObjectList(
                [
                    FieldPanel("topics", icon="tag"),
                    MultiFieldPanel(
                        [
                            FieldPanel("access", heading="Who may read it"),
                            FieldPanel("teaser_words", heading="Words before the wall"),
                            FieldPanel("comments_are", heading="Comments"),
                        ],
                        heading="Readers",
                        icon="group",
                    ),
                    MultiFieldPanel(
                        [
                            FieldPanel("published_at", heading="Published"),
                            FieldPanel(
                                "updated_at",
                                heading="Updated",
                                widget=NowInput(label="Update to now"),
                            ),
                            FieldPanel("embargoed_until", heading="Embargoed until"),
                        ],
                        heading="Dates",
                        icon="calendar",
                    ),
                    _found(FieldPanel("language")),
                    PublishingPanel(),
                ],
                heading="Readers, dates, address",
            ),
            CommentPanel(),
        ]
    )
