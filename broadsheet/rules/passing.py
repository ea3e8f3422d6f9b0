"""Throw-away e-mail addresses: domains that hand mailboxes out for minutes.

A list can't be complete, so nobody is refused an account because of it: what is written with such an
address may be read first (docs/rules/threads.md). The paper adds domains of its own.
"""

DOMAINS = frozenset(
    """
    10mail.org 10minutemail.com 20minutemail.com 33mail.com anonaddy.me anonbox.net burnermail.io
    byom.de crazymailing.com deadaddress.com discard.email discardmail.com dispostable.com
    dropmail.me emailondeck.com emailtemporario.com.br fakeinbox.com fakemail.net fakemailgenerator.com
    filzmail.com getairmail.com getnada.com grr.la guerrillamail.biz guerrillamail.com
    guerrillamail.de guerrillamail.info guerrillamail.net guerrillamail.org harakirimail.com
    inboxkitten.com incognitomail.org jetable.org luxusmail.org mail-temp.com mail-temporaire.fr
    mail.tm mailcatch.com maildrop.cc mailexpire.com mailinator.com mailinator.net mailnesia.com
    mailnull.com mailpoof.com mailsac.com meltmail.com minutemailbox.com mintemail.com moakt.com
    mohmal.com mytemp.email mytrashmail.com nada.email nowmymail.com owlymail.com pokemail.net
    sharklasers.com shieldedmail.com spam4.me spambog.com spambox.us spamex.com spamgourmet.com
    spoofmail.de tempail.com tempinbox.com tempmail.dev tempmail.net tempmailo.com tempmail.plus
    temp-mail.io temp-mail.org tempr.email throwawaymail.com tmail.ws tmailor.com tmpmail.net
    tmpmail.org trash-mail.com trashmail.com trashmail.de trashmail.net trbvm.com wegwerfemail.de
    yopmail.com yopmail.fr yopmail.net zetmail.com
    """.split()  # noqa: SIM905  # a list of names reads better as one
)


def is_passing(address: str, more: frozenset[str] = frozenset()) -> bool:
    """Tell whether an address is at a domain of throw-away addresses, or below one.

    :param more: domains that the paper added, in small letters
    """
    parts = address.rpartition("@")[2].casefold().split(".")
    names = {".".join(parts[at:]) for at in range(len(parts) - 1)}
    return not names.isdisjoint(DOMAINS | more)
