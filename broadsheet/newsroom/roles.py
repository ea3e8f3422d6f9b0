"""The roles of the staff, their rights, and the way a story takes from the writer to the page.

The five roles are the paper's own: each has exactly the rights that stand here, and gets them again
after every migration. Whoever needs other rights makes a group of their own beside them.
docs/running/roles.md shows who may do what, and tests hold it to this.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import connection, transaction
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

WORKFLOW = "Desk"


class Role(StrEnum):
    WRITERS = "Writers"
    EDITORS = "Editors"
    MODERATORS = "Moderators"
    CIRCULATION = "Circulation"
    ADMINISTRATORS = "Administrators"


@dataclass(frozen=True, slots=True)
class Rights:
    """What a role may do, named as Django names permissions.

    :param pages: to the front page and all below it
    :param files: to pictures, documents and the collections they are kept in
    :param models: to everything else
    """

    pages: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    models: frozenset[str] = field(default=frozenset())


def _all(label: str, *models: str) -> set[str]:
    return {f"{label}.{act}_{model}" for model in models for act in ("add", "change", "delete")}


_DESK = {"wagtailadmin.access_admin"}
_USE_FILES = {"add_image", "choose_image", "add_document", "choose_document"}
_ALL_FILES = {*_USE_FILES, "change_image", "delete_image", "change_document", "delete_document"}
_EDIT_PAGES = {"add_page", "change_page", "publish_page", "lock_page", "unlock_page"}
_COLLECTIONS = {"add_collection", "change_collection", "delete_collection"}
_PEOPLE_AND_TOPICS = _all("newsroom", "author", "topic")
_READERS = {"readers.manage_readers"}
_COMMENTS = {"comments.moderate_comments", *_all("comments", "reasontext", "wordlist")}
_COMMENT_RULES = {"comments.set_comment_rules"}

RIGHTS: dict[Role, Rights] = {
    Role.WRITERS: Rights(
        pages=frozenset({"add_page", "change_page"}),
        files=frozenset(_USE_FILES),
        models=frozenset(_DESK),
    ),
    Role.EDITORS: Rights(
        pages=frozenset(_EDIT_PAGES),
        files=frozenset(_ALL_FILES),
        models=frozenset(_DESK | _PEOPLE_AND_TOPICS | _COMMENTS | _COMMENT_RULES),
    ),
    Role.MODERATORS: Rights(models=frozenset(_DESK | _COMMENTS)),
    Role.CIRCULATION: Rights(models=frozenset(_DESK | _READERS)),
    Role.ADMINISTRATORS: Rights(
        pages=frozenset({*_EDIT_PAGES, "bulk_delete_page"}),
        files=frozenset(_ALL_FILES | _COLLECTIONS),
        models=frozenset(
            _DESK
            | _PEOPLE_AND_TOPICS
            | _READERS
            | _COMMENTS
            | _COMMENT_RULES
            | {"readers.add_reader", "readers.change_reader", "wall.change_wallpolicy"}
            | _all("auth", "group")
            | _all("wagtailcore", "workflow", "task")
            | _all("wagtailredirects", "redirect")
        ),
    ),
}


@transaction.atomic
def establish() -> None:
    """Give every role its rights, no more and no less, and set the desk's workflow up once."""
    from broadsheet.newsroom.models import FrontPage

    front_page = FrontPage.objects.first()
    if front_page is None:
        # A database emptied between two tests: what was in it is put back afterwards.
        return
    root = Collection.get_first_root_node()
    for role, rights in RIGHTS.items():
        group, _ = Group.objects.get_or_create(name=role.value)
        group.permissions.set(_permissions(rights.models))
        _set_exactly(
            GroupPagePermission.objects.filter(group=group),
            [
                GroupPagePermission(group=group, page=front_page, permission=permission)
                for permission in _permissions(f"wagtailcore.{right}" for right in rights.pages)
            ],
            of="page_id",
        )
        _set_exactly(
            GroupCollectionPermission.objects.filter(group=group),
            [
                GroupCollectionPermission(group=group, collection=root, permission=permission)
                for permission in _permissions(_of_files(rights.files))
            ],
            of="collection_id",
        )
    _set_up_workflow(front_page)


def _of_files(rights: Iterable[str]) -> Iterator[str]:
    apps_of = {"document": "wagtaildocs", "image": "wagtailimages", "collection": "wagtailcore"}
    for right in rights:
        yield f"{apps_of[right.rpartition('_')[2]]}.{right}"


def _permissions(names: Iterable[str]) -> list[Permission]:
    """Return permissions by name (``app.codename``); those of apps not installed are left out."""
    wanted = {name for name in names if name.partition(".")[0] in apps.app_configs}
    codenames = {name.partition(".")[2] for name in wanted}
    return [
        permission
        for permission in Permission.objects.filter(codename__in=codenames).select_related(
            "content_type"
        )
        if f"{permission.content_type.app_label}.{permission.codename}" in wanted
    ]


def _set_exactly(rows: Any, wanted: list[Any], *, of: str) -> None:
    kept = {(getattr(row, of), row.permission_id): row for row in rows}
    for row in wanted:
        if kept.pop((getattr(row, of), row.permission_id), None) is None:
            row.save()
    rows.filter(pk__in=[row.pk for row in kept.values()]).delete()


def _set_up_workflow(front_page: Any) -> None:
    """Set the paper's workflow up where there is none, in the place of Wagtail's."""
    Workflow.objects.filter(name="Moderators approval", workflow_states=None).delete()
    GroupApprovalTask.objects.filter(name="Moderators approval", task_states=None).delete()
    if Workflow.objects.exists():
        return
    task = GroupApprovalTask.objects.create(name=WORKFLOW)
    task.groups.set(Group.objects.filter(name__in=[Role.EDITORS, Role.ADMINISTRATORS]))
    workflow = Workflow.objects.create(name=WORKFLOW)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(workflow=workflow, page=front_page)


def after_migrate(sender: AppConfig, **_: Any) -> None:
    """Establish the roles when the database is as the code wants it."""
    tables = connection.introspection.table_names()
    if "newsroom_frontpage" not in tables or "wagtailcore_workflowpage" not in tables:
        return
    labels = {name.partition(".")[0] for rights in RIGHTS.values() for name in rights.models} | {
        "wagtailcore",
        "wagtailimages",
        "wagtaildocs",
    }
    for label in sorted(labels & set(apps.app_configs)):
        # Django makes each app's permissions after its own turn; ours may come before.
        create_permissions(apps.get_app_config(label), verbosity=0)
    establish()
