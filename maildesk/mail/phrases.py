"""The words that mail programs and mail servers write around people's own, one language a line.

To teach the desk another language, add its line to each table. Entries are regular expressions, matched in any letter case.
"""


def one_of(table: str) -> str:
    """The entries of a table as the alternatives of one regular expression."""
    return "|".join(line.strip() for line in table.strip().splitlines())


FORWARD_SUBJECTS = r"fwd?|wg|tr|rv|enc|doorst|vs|vb|转发|轉寄|轉發"

REPLY_SUBJECTS = r"re|aw|antw|sv|odp|r|回复|答复|回覆|答覆"

AWAY_SUBJECTS = one_of(r"""
    auto(?:matic|mated)?[ -]?(?:reply|response)|out of (?:the )?office(?: auto-?reply| reply| message)?
    ooo|vacation (?:reply|notice|message)
    自动回复|自動回覆|自动答复|自動回复|外出通知|休假自动回复
    automatische antwort|abwesenheitsnotiz|abwesenheitsnachricht|abwesenheit
    réponse automatique|message d'absence
    respuesta automática|fuera de (?:la )?oficina
    resposta automática
    risposta automatica|fuori sede
    automatisch antwoord|afwezigheidsbericht
    autosvar|automatisk svar|automatiskt svar|frånvaromeddelande|automaattinen vastaus
    odpowiedź automatyczna|automatická odpověď
    автоответ|автоматический ответ
    自動応答|自動返信|不在通知|不在のお知らせ
    자동 ?회신|부재중 회신
""")
"""What mail programs put before the subject of an absence notice; a colon or nothing follows."""

AWAY_WORDS = one_of(r"""
    vacation|out of (?:the )?office|oof|away|on leave
    休假|外出|不在
    abwesen|urlaub
    absence|absent|congé
    vacaciones|ausente
    férias|ausência
    ferie|assente
    afwezig|vakantie
    frånvar|semester
""")
"""What an automatic answer says of absence; people say it too, so it counts only where a machine is proven."""

MACHINE_NAMES = one_of(r"""
    (?:no|do-?not|dont|non|ne-?pas|keine?|nicht)[._-]?(?:reply|antwort(?:en)?|repondre|rispondere|responder)(?:[._+-].*)?
    noreply.*|mailer-daemon|postmaster|mail-daemon|autoresponder|autoreply|auto-reply|bounces?(?:[+-].*)?
    (?:list|majordomo|mailman|sympa)(?:-(?:bounces|owner|request))?|.+-(?:bounces|owner|request)(?:\+.*)?|owner-.+
    notifications?|root|cron|nagios
""")
"""Local parts of addresses behind which nobody sits."""

BOUNCE_SENDERS = one_of(r"""
    mailer-?daemon|postmaster|mail delivery (?:sub)?system|delivery subsystem|mail administrator|mdaemon@|mailerdaemon
    uucp@|mail-daemon|maildelivery|bounces?@
    系统退信|退信
""")

BOUNCE_SUBJECTS = one_of(r"""
    undeliver|delivery (?:status notification|failure|failed|has failed|report|problem|unsuccessful|notification: delivery)
    mail delivery (?:failed|failure|problem|system|report)|failure (?:notice|delivery)|returned (?:mail|to sender)|non-?delivery
    could not (?:be delivered|send message)|delayed mail|warning: (?:could not send|message)
    message (?:undeliverable|delayed|status|delivery)|mail (?:returned|could not|not delivered|delivery|undeliverable)
    unable to deliver|rejected|delivery error|user unknown|nondeliverable|delivery incomplete|error sending|failed delivery
    mail system error
    退信|邮件投递失败|投递失败|无法投递|无法送达
    unzustellbar|nicht zugestellt
    échec|non remis
    no se pudo entregar|error de entrega
    配信不能|配信エラー
    недоставлен
""")

BOUNCE_WORDS = one_of(r"""
    (?:could not|couldn't|can ?not|can't|unable to|wasn't able to|was not|were not|not be|failed to).{0,40}(?:deliver|reach|sent)
    (?:has not been|did not|fail(?:ed|ure)s? ).{0,40}(?:deliver|reach|sent|send|recipient|accept|find)
    (?:could not|couldn't|can ?not|can't|unable to).{0,40}(?:send|recipient|accept|find)
    delivery (?:to|has|failed|attempts?|error)|fatal error|undeliverable|user unknown|unknown user|gave up|giving up|bounced
    no such (?:user|mailbox|recipient|person)|mailbox (?:full|unavailable|not found|is full)|over ?quota|quota exceeded
    does not exist|recipient (?:address )?(?:rejected|unknown|not)|invalid (?:recipient|mailbox|address)|returned|failed recipient
    unknown (?:address|recipient|local)|permanent (?:error|failure|fatal)|transient|rejected|not listed in
    too large|exceed|refused|account (?:disabled|is|has)
    无法|失败|退回|不存在|拒绝
    nicht zugestellt|konnte nicht|unzustellbar
    配信
""")

BOUNCE_RETRIED = one_of(r"""
    will (?:be|keep|continue)[^.]{0,40}(?:retr|try|attempt)|you do not need to resend|warning message only|delivery.{0,30}delayed
    still trying|not yet been delivered|has been delayed|being retried|will retry|delivery attempts will continue
    warning only
""")

RETURNED_MAIL = one_of(r"""
    below this line is a copy|this is a copy of|original (?:message|mail)|returned message|unsent message
    message (?:header|text|contents?)s? (?:follows?|of)|start of (?:returned|original|forwarded)|the header(?:s)? of
    (?:the )?(?:original|returned|undelivered|your) (?:message|mail|e-?mail)(?: \S+){0,4} (?:follows|below)
    returned content|(?:original|attached is|included is) (?:message|a copy)|received: (?:from|by|\()|return-path:
""")
"""How the line begins from which on a report repeats the mail that failed."""
