"""The people: readers, and staff, who are readers with a role; and what is kept about accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

from broadsheet.rules import addresses, limits


class ReaderQuerySet(models.QuerySet["Reader"]):
    def at_address(self, address: str) -> ReaderQuerySet:
        """Return the reader whose main address this is, capitals or not.

        Not ``iexact``: PostgreSQL compares capitals there, and the capital of a dotless ı is an I, so
        that another person's address would be taken for this one.
        """
        return self.alias(small_email=Lower("email")).filter(small_email=address.lower())

    def found_by_words(self, text: str) -> ReaderQuerySet:
        """Return readers whose address or name has every word of a text in it, capitals or not.

        It is one pass over the readers (12 ms at 100,000). An address of a reader besides the main
        one is found when it is given whole.
        """
        found = models.Q()
        for word in text.casefold().split():
            found &= models.Q(found_by__contains=word)
        # allauth's models ask for this one.
        from allauth.account.models import EmailAddress

        try:
            address = addresses.canonical(text)
        except addresses.AddressError:
            return self.filter(found)
        owners = EmailAddress.objects.filter(email=address).values("user")
        return self.filter(found | models.Q(pk__in=owners))


class ReaderManager(BaseUserManager["Reader"]):
    def get_queryset(self) -> ReaderQuerySet:
        return ReaderQuerySet(self.model, using=self._db)

    def found_by_words(self, text: str) -> ReaderQuerySet:
        return self.get_queryset().found_by_words(text)

    def at_address(self, address: str) -> ReaderQuerySet:
        return self.get_queryset().at_address(address)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Reader:
        """Create a reader. Without a password they sign in by code only.

        :raises AddressError: when mail can't be sent to the address
        """
        reader = self.model(email=addresses.canonical(email), **fields)
        reader.set_password(password)
        reader.save(using=self._db)
        return reader

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Reader:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> Reader:
        # One address is one person, however it is written.
        return self.get_queryset().at_address(username or "").get()


class Reader(AbstractBaseUser, PermissionsMixin):
    """A person with an account. The address is the name they sign in by."""

    email = models.EmailField("e-mail address", max_length=254, unique=True)
    name = models.CharField(max_length=80, blank=True, help_text="Shown beside what you write.")
    is_staff = models.BooleanField("works for the paper", default=False)
    is_active = models.BooleanField("may sign in", default=True)
    joined_at = models.DateTimeField(default=timezone.now)
    # Sessions and passes from before this moment are void: signed out everywhere, password
    # changed, blocked.
    passes_void_before = models.DateTimeField(null=True, blank=True, editable=False)
    # Address and name in small letters, for the desk's look-up.
    found_by = models.CharField(max_length=340, editable=False, default="")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    objects = ReaderManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="reader_address_once",
                violation_error_message="There is an account with this address.",
            ),
        ]
        indexes = [
            # Their names are asked for whenever somebody chooses one.
            models.Index(fields=["name"], name="reader_staff", condition=models.Q(is_staff=True)),
        ]
        permissions = [("manage_readers", "Can look after readers' accounts")]

    def __str__(self) -> str:
        return self.get_full_name()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.found_by = f"{self.email} {self.name}".strip().casefold()[:340]
        if fields := kwargs.get("update_fields"):
            kwargs["update_fields"] = {*fields, "found_by"}
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.name or self.email.partition("@")[0]

    def get_short_name(self) -> str:
        return self.get_full_name()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Besides the password: voiding a reader's passes ends their sessions too.
        void = self.passes_void_before
        return salted_hmac(
            "broadsheet.readers.session",
            f"{self.password}|{void.isoformat() if void else ''}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()


class CodeQuerySet(models.QuerySet["Code"]):
    def usable(self, now: datetime) -> CodeQuerySet:
        return self.filter(used_at=None, ends_at__gt=now, guesses__lt=limits.CODE_GUESSES)


class Code(models.Model):
    """An e-mailed code that waits to be typed in. The code itself is not kept, only its digest.

    The browser that asked holds the key in its session, so that a code read by somebody else is of
    no use elsewhere.
    """

    class Purpose(models.TextChoices):
        SIGN_IN = "sign-in"
        PROVE = "prove"
        ADDRESS = "address"

    key = models.CharField(max_length=43, primary_key=True)
    purpose = models.CharField(max_length=8, choices=Purpose)
    address = models.EmailField(max_length=254)
    # Whom it is for; empty when signing in, where the address decides once the code is right.
    reader = models.ForeignKey(Reader, models.CASCADE, null=True, related_name="codes")
    digest = models.CharField(max_length=64)
    returns_to = models.CharField(max_length=2000, blank=True)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    guesses = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    objects = CodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(guesses__lte=limits.CODE_GUESSES), name="code_guesses_bounded"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} for {addresses.masked(self.address)}"


class Tally(models.Model):
    """How often something was tried in a stretch of time. Whose tries they are is kept as a digest.

    Written by broadsheet.readers.tallies in one statement, so that parallel tries are all counted.
    """

    key = models.CharField(max_length=43, primary_key=True)
    tries = models.PositiveIntegerField()
    ends_at = models.FloatField(db_index=True, help_text="Seconds since 1970.")

    def __str__(self) -> str:
        return f"{self.tries} until {self.ends_at:.0f}"


class AccountEvent(models.Model):
    """Something that happened to an account: the reader and circulation see the same list."""

    class Kind(models.TextChoices):
        JOINED = "joined", "Account made"
        SIGNED_IN = "signed-in", "Signed in"
        SIGNED_OUT = "signed-out", "Signed out"
        SIGNED_OUT_EVERYWHERE = "signed-out-everywhere", "Signed out everywhere"
        PASSWORD_SET = "password-set", "Password set"
        PASSWORD_REMOVED = "password-removed", "Password removed"
        NAME_CHANGED = "name-changed", "Name changed"
        ADDRESS_ADDED = "address-added", "Address added"
        ADDRESS_REMOVED = "address-removed", "Address removed"
        ADDRESS_CHANGED = "address-changed", "Main address changed"
        FACTOR_ADDED = "factor-added", "Second factor or passkey added"
        FACTOR_REMOVED = "factor-removed", "Second factor or passkey removed"
        FACTOR_REFUSED = "factor-refused", "Wrong second factor"
        PROVIDER_ADDED = "provider-added", "Sign-in by another account added"
        PROVIDER_REMOVED = "provider-removed", "Sign-in by another account removed"
        EXPORTED = "exported", "Everything exported"
        BLOCKED = "blocked", "Blocked by the paper"
        UNBLOCKED = "unblocked", "Unblocked by the paper"

    reader = models.ForeignKey(Reader, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=24, choices=Kind)
    happened_at = models.DateTimeField()
    detail = models.CharField(max_length=120, blank=True)
    # The first part of the internet address and what the browser calls itself, in a few words.
    network = models.CharField(max_length=45, blank=True)
    browser = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [models.Index(fields=["reader", "-happened_at"], name="event_of_reader")]

    def __str__(self) -> str:
        return f"{self.kind} at {self.happened_at:%Y-%m-%d %H:%M}"


class StaffAct(models.Model):
    """What one of the staff did to a reader's account, and why. Never changed, never removed.

    When an account is erased the act stays, without the person.
    """

    staff = models.ForeignKey(Reader, models.SET_NULL, null=True, related_name="staff_acts")
    staff_name = models.CharField(max_length=80)
    reader = models.ForeignKey(Reader, models.SET_NULL, null=True, related_name="acts_of_staff")
    act = models.SlugField(max_length=40)
    reason = models.CharField(max_length=300, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    done_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["reader", "-done_at"], name="act_on_reader"),
            models.Index(fields=["-done_at"], name="act_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.staff_name}: {self.act} at {self.done_at:%Y-%m-%d %H:%M}"


class Erasure(models.Model):
    """That an account was erased: when, by whom, and how many things of each kind. Not whose."""

    erased_at = models.DateTimeField()
    asked_by_staff = models.BooleanField(default=False)
    counts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.erased_at:%Y-%m-%d %H:%M}"
