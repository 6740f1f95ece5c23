"""The words of mail servers that tell what they could not deliver.

Where other words may stand in between, their number is bounded, so that every search is linear.
"""

from maildesk.mail.tables import one_of

SERVERS = one_of(r"""
    mailer-?daemon|mail-daemon|mdaemon@|(?<![\w-])uucp@|mail[. ]?deliver(?:y)?(?:[. ](?:sub)?system|@|$)
    delivery (?:sub)?system|system anti-?spam|系统退信|退信
""")
"""Names under which nobody but a mail server writes."""

MACHINES = one_of(r"""
    poo?st[ _.-]?master|mail (?:administrator|system|service|server|router|gateway)|mail[_-](?:service|server|gateway|system)
    smtp|imss|interscan|sys-?admin@|anti-?virus|virus ?(?:wall|scan)|antigen|(?:system|network) ?administrat(?:or|ion)
    microsoft outlook
    microsoftexchange
    internet mail|mailmarshal|mailsweeper|ironport|barracuda|amazonaws|no-?_?reply|do-?not-?reply|auto-?notify|bounce
    系统管理员|邮件系统|邮件管理员|郵件管理員|システム管理者
""")
"""Names under which servers write, and people and other machines, too."""

SUBJECTS = one_of(r"""
    undeliver|nondeliver|non-?delivery|not delivered
    delivery (?:status|failure|failed|has failed|report|problem|unsuccessful|error)
    delivery (?:incomplete|warning|delayed|notification: delivery|has been delayed)|(?:permanent|message|mail) delivery
    mail (?:failed|failure|returned|could not|undeliverable|delayed|system error|was not|not delivered)|failed (?:mail|delivery)
    failure (?:notice|delivery)|returned (?:mail|to sender|e-?mail)|returning to sender|could not (?:be delivered|send)
    warning: (?:could not send|message)|warning--could not
    message (?:undeliverable|delayed|status|failed|could not|rejected|bounced)
    unable to deliver|unable to send|(?:automatically |message |mail |been )rejected|user unknown|error sending
    sending your mail
    bounce notification|bounced|couldn.t be delivered|processing error|quota exceeded|over quota|nameserver error
    e-?mail not sent
    退信|退回|投递失败|投遞失敗|无法投递|無法投遞|无法送达|無法傳遞|未送达|传输失败|发送失败|傳送失敗|送信失败
    unzustellbar|nicht zugestellt|nicht zustellbar|zustellung fehlgeschlagen|unzustellbarkeit|fehler bei der zustellung
    non remis|non distribu|non délivr|échec (?:de|d')|remise impossible|avis de non[- ]remise
    no se pudo entregar|no entregado|error de entrega|no se puede entregar|devuelto|fallo (?:en la|de) entrega
    mancata consegna|non (?:è stato )?recapita|impossibile recapitare|non consegnat|não entregue
    não (?:pôde|foi) (?:ser )?entregue
    falha na entrega|onbestelbaar|niet afgeleverd|kunde inte levereras|kan ikke leveres|kunne ikke leveres|niedostarczon
    nie dostarczono
    недоставлен|не доставлено|не удалось доставить|ошибка доставки|nedoručiteln|teslim edilemedi|无法傳送
    配信不能|配信エラー|配送エラー|配信できません|配送できません|メールエラー|送信エラー|送信できません|不達|未配信
    배달(?:되지| 실패| 못)|반송|전송 ?실패
""")
"""What a server calls its report."""

FAILURES = one_of(r"""
    (?:could not|couldn.t|can ?not|can.t|unable to|wasn.t able to).{0,40}(?:deliver|reach|sent)
    (?:was not|were not|not be|failed to|cannot be).{0,40}(?:deliver|reach|sent)
    (?:has not been|did not|fail(?:ed|ure)s? ).{0,40}(?:deliver|reach|sent|send|recipient|accept|find|match|receive)
    (?:could not|couldn.t|can ?not|can.t|unable to).{0,40}(?:send|recipient|accept|find|process|open|resolve|relay)
    delivery (?:to|has|failed|attempts?|error|problems?|failure)|fatal errors?|undeliverable|undelivered|user unknown
    unknown user|gave up
    giving up|given up|bounced|no such (?:user|mailbox|recipient|person|address|domain)
    mailbox (?:full|unavailable|not found|is full)
    over ?quota|quota exceeded|does not exist|doesn.t exist|recipient (?:address )?(?:rejected|unknown|not)|not recognized
    failed address
    invalid (?:final|recipient|mailbox|address|user)|returned|failed recipient|unknown (?:address|recipient|local|host|domain)
    permanent (?:error|failure|fatal)|transient|rejected|not listed in|no valid recipients|non-?delivered|non-?delivery
    too large|too big|exceed|refused|account (?:disabled|is|has)|not (?:a )?member|mailbox is|not been delivered|been delayed
    blocked
    无法|失败|退回|不存在|拒绝|未能|無法|失敗|拒絕|被退
    nicht zugestellt|konnte nicht|konnten nicht|unzustellbar|nicht zustellbar|unbekannt|existiert nicht
    n'a pas pu|n'ont pas pu|impossible|échec|inconnu|no (?:se )?(?:pudo|puede|ha podido)|no existe|desconocid
    non (?:è stato|può|esiste)|impossibile|sconosciut|não (?:pôde|foi|existe)|desconhecid|niet (?:worden|bezorgd|afgeleverd)
    не (?:удалось|может|доставлен|существует|найден)|отклонен|nie (?:można|może|istnieje|został)
    配信|送信でき|配送でき|届けられ|存在しな|見つかりません|受信拒否|エラー|배달|전송
""")
"""What it says of the failure."""

SPOKEN = one_of(r"""
    (?:message|mail|letter)\b[^.!?\n]{0,80}(?:could|can|was|were|has|have|is|did)(?: ?not|n.t)|error message below
    ^\W{0,20}error:
    following (?:\S{1,20} )?(?:recipient|address|user|destination)|failed recipient|fatal errors|mail delivery software
    delivery status
    undeliverable|delivery (?:to|of)|您的邮件|你的邮件|您发送|收件人|ihre (?:nachricht|e-?mail)|votre (?:message|courriel)
    su (?:mensaje|correo)|il (?:tuo|suo) messaggio|sua mensagem|ваше (?:сообщение|письмо)|次の|以下の|あなたの
""")
"""How a server speaks to the writer of the mail, as nobody does who asks for help with it."""

OURSELVES = one_of(r"""
    \b(?:i|we|my|our|me|us)\b|please (?:help|advise|check)|what does|我|我们|請問|请问|帮
    \b(?:ich|wir|mein|meine|unser|je|nous|mon|notre|mi|nuestro|meu|minha|mio|nostro)\b
""")
"""How a person speaks of his own mail."""

RETRIED = one_of(r"""
    will (?:be|keep|continue)[^.]{0,40}(?:retr|try|attempt)|not need to resend|warning message only|delivery.{0,30}delayed
    still trying|not (?:yet )?been delivered (?:yet|for)|not yet been delivered|has been delayed|being retried|will retry
    advisory-only
    delivery attempts will continue|warning only|warning message\b|temporary failure report|no action is required|is delayed
    could not send message for past|delayed \d{1,4} hours|would not be delivered (?:yet|for)
    will be (?:re-?sent|attempted)|reste à l'état|wird (?:weiter|erneut) versucht|weitere zustellversuche|se seguirá intentando
    尚未(?:送达|投递|傳送)|稍后.{0,10}(?:重试|再次)|将继续(?:尝试|重试)|系统将.{0,10}重试|再送を(?:試み|行い)
    продолж.{0,20}попыт|будут продолжены
""")
"""What it says when it goes on trying."""

OVER = one_of(r"""
    (?:envelope|message|delivery(?: time)?|queue(?: time)?|lifetime) (?:has |was |is )?expired
    lifetime (?:exceeded|ended)|投递超时|已过期|超过.{0,10}期限
""")
"""What it says of a letter that it keeps no longer."""

ANNOUNCED = one_of(r"""
    following (?:\S{1,20} ){0,2}(?:recipient|address|user|destination)[^\n]{0,60}|did not reach[^\n]{0,60}
    failed recipients?\b[^\n]{0,20}
    failed address(?:es)?[^\n]{0,40}|transcript of unsent addresses[^\n]{0,20}|had (?:permanent|transient|delivery)[^\n]{0,40}
    (?:以下|下列)(?:收件人|地址|邮箱|用户)[^\n]{0,30}|folgende[nr]? (?:empfänger|adresse)[^\n]{0,40}
    destinataires? suivants?[^\n]{0,40}
    siguientes? destinatarios?[^\n]{0,40}|seguenti destinatari[^\n]{0,40}|seguintes destinatários[^\n]{0,40}
    следующи[мхе] (?:получател|адресат)[^\n]{0,40}|次の(?:受信者|宛先|あて先)[^\n]{0,30}|以下の(?:受信者|宛先)[^\n]{0,30}
""")
"""What it writes above the list of those whom it could not reach."""

LABELS = one_of(r"""
    to|recipients?(?: address)?|failed(?: recipients?| addresses)?|address|user|rcpt to|final-recipient|original-recipient
    intended recipient|addressed to
    undeliverable address|error-for|could not be delivered to|addressee|mailbox|delivery to
    收件人(?:地址)?|收件者|邮箱|地址|empfänger|an|destinataire|destinatario|destinatário|ontvanger|получатель|宛先|受信者|あて先
""")
"""What stands before the address of one of them on its line."""

RETURNED = one_of(r"""
    below this line is a copy|this is a copy of|original (?:message|mail)|returned message|unsent message|returned mail
    message (?:header|text|contents?|body)s? (?:follows?|of|suppressed|removed)|start of (?:returned|original|forwarded)
    the header(?:s)? (?:of|and)
    (?:the )?(?:original|returned|undelivered|your) (?:message|mail|e-?mail)(?: \S+){0,4} (?:follows|below)
    returned content|(?:original|attached is|included is) (?:message|a copy)|received: (?:from|by|\()|return-path:|old message:
    a copy of (?:the original|your) (?:message|mail)|below is a copy of|your (?:original )?message (?:reads|follows)
    x-received: by
    以下为?(?:您的)?原(?:始)?邮件|原始?邮件(?:内容)?如下|原始邮件[ \t]*-*$|原信(?:内容)?|original-?nachricht
    ursprüngliche nachricht
    message d'origine|mensaje original|messaggio originale|mensagem original|исходное сообщение|元のメッセージ
""")
"""How the line begins from which on a report repeats the mail that failed."""

REFUSED = one_of(r"""
    not (?:a )?member|reject(?:ed|s)?\b|ignored|system error|delivery failed|spam mail|loop
""")
"""How a list server refuses a letter."""
