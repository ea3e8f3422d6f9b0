"""The people: readers, and staff, who are readers with a role."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class ReaderManager(BaseUserManager["Reader"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Reader":
        """Create a reader. Without a password they sign in by code only."""
        reader = self.model(email=self.normalize_email(email).strip(), **fields)
        reader.set_password(password)
        reader.save(using=self._db)
        return reader

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Reader":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "Reader":
        # One address is one person, however it is written.
        return self.get(email__iexact=username)


class Reader(AbstractBaseUser, PermissionsMixin):
    """A person with an account. The address is the name they sign in by."""

    email = models.EmailField("e-mail address", max_length=254, unique=True)
    name = models.CharField(max_length=80, blank=True, help_text="Shown beside what you write.")
    is_staff = models.BooleanField("works for the paper", default=False)
    is_active = models.BooleanField("may sign in", default=True)
    joined_at = models.DateTimeField(default=timezone.now)

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

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        return self.name or self.email.partition("@")[0]

    def get_short_name(self) -> str:
        return self.get_full_name()
