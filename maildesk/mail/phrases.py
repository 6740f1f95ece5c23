"""The words that mail programs and mail servers write around people's own, one language a line.

To teach the desk another language, add its line to each table. Entries are regular expressions, matched in any letter case.
"""


def one_of(table: str) -> str:
    """The entries of a table as the alternatives of one regular expression."""
    return "|".join(line.strip() for line in table.strip().splitlines())


ATTRIBUTION_STARTS = one_of(r"""
    on|at|date:
    在|于|於
    am|den|von
    le
    el|em
    il|da:
    op
    på|tor|fre|mån|tis|ons|man|tir|lør|søn
    lun|mar|mer|jeu|ven|sam|dim
    w dniu|wiadomość|dne
    вт|от|чт|пн|ср|пт|сб|вс
    vào
""")
"""How the line begins that says who wrote what is quoted below it."""

ATTRIBUTION_VERBS = one_of(r"""
    wrote|writes|said|wrote the following|sent
    写道|寫道|写到
    schrieb|schrieben|geschrieben
    a écrit|écrit
    ha escrito|escribió|escribio
    escreveu
    ha scritto|scrisse|scrive
    schreef|geschreven
    skrev
    napisał(?:\(?a\)?)?
    пишет|написал(?:\(?а\)?)?
    のメール|は書きました|が書きました
    đã viết
""")
"""How that line ends, before its colon."""

OLD_MAIL = one_of(r"""
    original(?: (?:message|mail|appointment|email))?|original message follows|reply message
    原始邮件|原始信件|原邮件|回复的原邮件|回复邮件|邮件原文|原始郵件|原始訊息
    ursprüngliche (?:nachricht|mail)|original-?nachricht
    message d'origine|message original
    mensaje original
    mensagem original
    messaggio originale
    oorspronkelijk bericht
    ursprungligt meddelande|oprindelig meddelelse|opprinnelig melding
    wiadomość oryginalna
    исходное сообщение
    元のメッセージ
""")
"""The title between dashes over an older mail."""

FORWARDED_MAIL = one_of(r"""
    forwarded message|forwarded by|forwarded mail|begin forwarded message
    转发的?邮件(?:信息)?|开始转发的?邮件|下面是被?转发的邮件|轉寄的郵件|轉寄郵件
    weitergeleitete nachricht|anfang der weitergeleiteten nachricht
    message transféré|message réexpédié|début du message réexpédié
    mensaje reenviado
    mensagem encaminhada
    messaggio inoltrato
    doorgestuurd bericht
    пересылаемое сообщение
    vidarebefordrat meddelande|videresendt (?:meddelelse|melding)
    転送メッセージ
""")
"""The title over a forwarded mail."""

FORWARD_SUBJECTS = r"fwd?|wg|tr|rv|enc|doorst|vs|vb|转发|轉寄|轉發"

REPLY_SUBJECTS = r"re|aw|antw|sv|odp|r|回复|答复|回覆|答覆"

FIELDS = {
    "from": one_of("""
        from|发件人|發件人|寄件者|寄件人|发送人|发自|von|de|da|van|från|fra|expéditeur|remitente|差出人|送信者|od|от
    """),
    "date": one_of("""
        date|sent|sent at|sent on|发送时间|发送日期|日期|時間|时间|寄件日期|傳送日期
        datum|gesendet|envoyé|enviado|enviada el|fecha|data|inviato|verzonden|skickat|sendt|dato
        送信日時|日時|送信日|data wysłania|wysłano|дата|отправлено
    """),
    "to": one_of("""
        to|收件人|收件者|an|à|para|per|a|aan|till|til|宛先|do|кому|destinataire|destinatario
    """),
    "cc": "cc|抄送|副本|抄送人|kopie|copie|kopia|копия",
    "subject": "subject|主题|主題|主旨|标题|betreff|objet|asunto|assunto|oggetto|onderwerp|ämne|emne|件名|temat|тема",
}
"""Labels of the header lines that mail programs write over an older mail (plain words, no expressions)."""

CLOSINGS = one_of(r"""
    (?:with )?(?:best|kind|warm|many)(?: and kind)? (?:regards|wishes)|regards|thanks (?:and|&) regards
    yours (?:sincerely|faithfully|truly)|sincerely(?: yours)?|best
    此致|敬礼|祝好|顺颂商祺|顺祝商祺|此致敬礼
    mit freundlichen gr(?:ü|ue)(?:ß|ss)en|(?:freundliche|viele|beste|liebe) gr(?:ü|ue)(?:ß|ss)e
    cordialement|bien cordialement|bien à vous
    saludos|un saludo|atentamente|saludos cordiales
    atenciosamente|cumprimentos
    cordiali saluti|distinti saluti
    met vriendelijke groet(?:en)?
    (?:med )?(?:venlig|vennlig)[at]? hilsen|hilsen|mvh
    (?:med )?(?:vänliga?|bästa) hälsning(?:ar)?
    pozdrawiam|z poważaniem|z powazaniem
    с уважением
""")
"""How people close, on a line of its own; the lines below it are a signature when they are few and short."""

SENT_FROM = one_of(r"""
    sent (?:from|via|with|by|using)\b|get (?:outlook|bluemail) for\b|get outlook\b
    发自我?的?\s*[\w\x80-\uffff]|發自我?的?|来自我?的|發送自|从我的|从 ?windows|获取 ?outlook|使用 ?\S{1,12}(?:邮箱|手机)发送
    (?:von|aus) mein(?:em|er)\b.{0,40}gesendet|gesendet (?:von|mit|aus)\b|diese nachricht wurde von mein
    envoyé (?:de|depuis|à partir)\b
    enviado (?:desde|do|de|via)\b|enviada do\b
    inviato (?:da|dal)\b
    verzonden (?:vanaf|met|via)\b|verstuurd vanaf\b
    sendt fra\b|skickat från\b|lähetetty\b
    wysłane z\b
    отправлено (?:с|из)\b
    (?:iphone|ipad|android)から送信|発信元
""")
"""How a phone signs."""

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
