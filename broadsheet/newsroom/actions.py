"""What the newsroom does, by itself or by a person."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from wagtail.models import Page, Revision

from broadsheet.newsroom.models import DeskForm, StoryPage
from broadsheet.newsroom.roles import Role
from broadsheet.rules import addresses

log = logging.getLogger("broadsheet.newsroom")


class CorrectionError(Exception):
    """The correction can't be made; the words are for an editor."""


def publish_due(*, now: datetime) -> int:
    """Publish what is scheduled for this moment and take down what has expired; return how many.

    Called every few seconds. Costs two look-ups in an index when nothing is due. One page that
    can't be published doesn't keep the others back.
    """
    done = 0
    expired = Page.objects.filter(live=True, expire_at__lt=now).order_by("expire_at")
    for pk in list(expired.values_list("pk", flat=True)):
        done += _unless_it_fails(_take_down, pk, now)
    due = Revision.objects.filter(approved_go_live_at__lte=now).order_by("approved_go_live_at")
    for pk in list(due.values_list("pk", flat=True)):
        done += _unless_it_fails(_publish, pk, now)
    return done


def forget_forms(*, now: datetime) -> int:
    """Forget the forms that nobody has used for a month."""
    return DeskForm.objects.filter(used_at__lt=now - timedelta(days=30)).delete()[0]


def _unless_it_fails(act: Any, pk: int, now: datetime) -> int:
    try:
        with transaction.atomic():
            return int(act(pk, now))
    except Exception:
        log.exception("%s %s failed; it is tried again", act.__name__.strip("_"), pk)
        return 0


def _take_down(pk: int, now: datetime) -> bool:
    # Looked at again under the lock: another process may have been quicker.
    page = Page.objects.select_for_update().filter(pk=pk, live=True, expire_at__lt=now).first()
    if page is None:
        return False
    page.specific.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    return True


def _publish(pk: int, now: datetime) -> bool:
    due = Revision.objects.filter(pk=pk, approved_go_live_at__lte=now)
    if concerned := due.values_list("object_id", flat=True).first():
        # Before its revision, as everywhere: two locks taken in two orders wait for each other.
        list(Page.objects.select_for_update(no_key=True).filter(pk=concerned).values_list("pk"))
    revision = due.select_for_update().first()
    if revision is None:
        return False
    if "published_at" in revision.content and not revision.content["published_at"]:
        page = Page.objects.filter(pk=revision.object_id, first_published_at=None)
        if page.exists():
            # A story bears the moment it was meant for, not the one this process woke up.
            moment = revision.approved_go_live_at.isoformat()
            revision.content = {**revision.content, "published_at": moment}
            revision.save(update_fields=["content"])
    revision.publish(log_action="wagtail.publish.scheduled")
    return True


@transaction.atomic
def correct_story(*, story: StoryPage, text: str, by: Any, now: datetime) -> StoryPage:
    """Add a correction below a story that is out, mark it updated and publish it.

    What the desk is still working on stays a draft, and gets the correction too.

    :param text: HTML of one paragraph
    :raises CorrectionError: when the story is not out, or somebody has locked it
    :raises PermissionDenied: when they don't publish here
    """
    live: StoryPage = StoryPage.objects.select_for_update(of=("self",)).get(pk=story.pk)
    if not live.permissions_for_user(by).can_publish():
        raise PermissionDenied
    if not live.live:
        raise CorrectionError("Only a story that is published can be corrected.")
    lock = live.get_lock()
    if lock is not None and lock.for_user(by):
        raise CorrectionError("Somebody has locked this story.")
    draft: StoryPage | None = None
    if live.has_unpublished_changes:
        draft = live.get_latest_revision_as_object()
    block = ("correction", {"corrected_at": now, "text": text})
    live.body.append(block)
    live.updated_at = now
    # Both hold the same block, so that it stays one correction when the draft is published.
    made = live.body.get_prep_value()[-1]
    live.save_revision(user=by, log_action=True).publish(user=by)
    if draft is not None:
        body = StoryPage._meta.get_field("body")
        draft.body = body.to_python([*draft.body.get_prep_value(), made])
        draft.updated_at = now
        draft.save_revision(user=by, clean=False)
    live.refresh_from_db()
    return live


@transaction.atomic
def appoint(
    *,
    email: str,
    roles: Iterable[str] = (Role.EDITORS,),
    name: str = "",
    password: str | None = None,
    proved: bool = False,
    now: datetime,
) -> tuple[Any, bool]:
    """Give somebody roles, with an account where they have none; tell whether it was made now.

    Roles they had besides stay. An account whose address was never proved may have been made by
    anybody: its password and passkeys go, and its sessions end.

    :param password: None leaves that of an account as it is; a new one signs in by code
    :param proved: whether the address is known to be theirs, so that no code is asked for
    :raises AddressError: when mail can't be sent to the address
    :raises Group.DoesNotExist: when there is no such role
    """
    people: Any = get_user_model()
    groups = [Group.objects.get(name=role) for role in roles]
    address = addresses.canonical(email)
    person = people.objects.at_address(address).first()
    made = person is None
    if person is None:
        person = people.objects.create_user(address, password, name=name, joined_at=now)
    elif not EmailAddress.objects.filter(user=person, verified=True).exists():
        Authenticator.objects.filter(user=person).delete()
        person.set_unusable_password()
        person.passes_void_before = now
    if password is not None:
        person.set_password(password)
    if name:
        person.name = name
    person.is_staff = person.is_active = True
    person.save()
    person.groups.add(*groups)
    row, _ = EmailAddress.objects.get_or_create(
        user=person, email=address, defaults={"primary": True}
    )
    if proved and not row.verified:
        row.verified = True
        row.save()
    return person, made


@transaction.atomic
def assign(*, person: Any, roles: Iterable[Group]) -> None:
    """Let somebody have these roles and no others; without any they are a reader again."""
    roles = list(roles)
    person.groups.set(roles)
    person.is_staff = bool(roles) or person.is_superuser
    person.save(update_fields=["is_staff"])
