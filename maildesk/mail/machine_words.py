"""The words of programs that answer or write by themselves."""

from maildesk.mail.tables import one_of

AWAY_SUBJECTS = one_of(r"""
    auto(?:matic|mated)?[ -]?(?:reply|response|answer)
    out[ -]of[ -](?:the[ -])?office(?: auto-?reply| reply| message| notification)?
    ooo|oof|vacation (?:reply|notice|message|response)|away (?:message|notice)|absence notice|auto:|autoreply from
    自动回复|自動回覆|自动答复|自動回复|自動回復|自动应答|外出通知|外出回复|休假自动回复|休假回复|不在办公室|外出自動回覆
    automatische (?:antwort|abwesenheitsnotiz|rückantwort)
    abwesenheits?(?:notiz|nachricht|meldung|benachrichtigung|assistent)?|abwesend
    réponse automatique|message d.absence|absence du bureau|absent(?:e)? du bureau|notification d.absence
    respuesta automática|fuera de (?:la )?oficina|mensaje de ausencia|autorespuesta|resposta automàtica
    resposta automática|fora do escritório|mensagem de ausência|ausência temporária
    risposta automatica|fuori (?:sede|ufficio)|messaggio di assenza|assenza dall.ufficio
    automatisch (?:antwoord|bericht)|afwezigheids?(?:bericht|melding|assistent)|afwezig|niet aanwezig
    autosvar|automatiskt? svar|automatisk (?:svarsmeddelelse|besked)|frånvaro(?:meddelande)?|fraværs(?:besked|melding)
    ikke til stede
    automaattinen vastaus|poissaoloilmoitus|poissa toimistolta
    odpowiedź automatyczna|autoodpowiedź|automatyczna odpowiedź|poza biurem|nieobecność
    automatická odpověď|automatická odpoveď|mimo kancelář|nepřítomnost
    автоответ(?:чик)?|автоматический ответ|автоматичн(?:а відповідь|ий відповідь)|вне офиса|отсутствую
    自動応答|自動返信|不在通知|不在のお知らせ|不在応答|休暇中
    자동 ?(?:회신|응답|답장)|부재중(?: 회신| 알림)?
    automatikus válasz|házon kívül|răspuns automat|în afara biroului|αυτόματη απάντηση|εκτός γραφείου
    otomatik (?:yanıt|cevap)|ofis dışında|trả lời tự động|thư trả lời tự động|balasan otomatis|jawapan automatik
    ตอบกลับอัตโนมัติ|תשובה אוטומטית|מענה אוטומטי|رد تلقائي|الرد التلقائي|automatski odgovor|samodejni odgovor
    автоматичен отговор
""")
"""What mail programs put before the subject of an absence notice."""

AWAY_WORDS = one_of(r"""
    vacation|holidays?|out[ -]of[ -](?:the[ -])?office|oof|\baway\b|on leave|annual leave|maternity|parental leave|travell?ing
    i am back
    休假|外出|不在|出差|年假|放假
    abwesen|urlaub|nicht im (?:büro|haus)|elternzeit
    absence|absent|congé|vacances
    vacaciones|ausente|fuera de la oficina
    férias|ausência|fora do escritório
    ferie|assente|fuori ufficio
    afwezig|vakantie|verlof
    frånvar|semester|ferie|fravær|poissa|loma
    urlop|nieobecn|dovolen|nepřítom|отпуск|отсутств|відпуст|szabadság|concediu|άδεια|izin|출장|휴가|부재|休暇|nghỉ phép|cuti
""")
"""What an automatic answer says of absence; people say it too, so it counts only where a machine is proven."""

NOTES_SUBJECTS = one_of(r"""
    is out of the office|ist (?:außer haus|nicht im (?:büro|hause?)|abwesend)|est absente?(?: du bureau)?|n.est pas au bureau
    está (?:ausente|fuera de la oficina)(?: de la oficina)?|está (?:ausente|fora) do escritório|non è in ufficio|è fuori ufficio
    is (?:afwezig|niet op kantoor)|jest poza biurem|är inte på kontoret|отсутствует в офисе|不在办公室|不在辦公室|は不在です
""")
"""How the subject of an absence notice of Notes ends, behind the name of the absent; its header says nothing."""

NOTES_WORDS = one_of(r"""
    i (?:will be|am) out of the office (?:starting|from|until)|ich (?:werde|bin) (?:ab|vom|von|bis)|je serai absente?
    estaré (?:ausente|fuera)|estarei (?:ausente|fora)|sarò (?:assente|fuori)|ik (?:ben|zal) (?:vanaf|van|afwezig)
    będę (?:nieobecn|poza)|jag (?:är|kommer att vara)|я буду отсутствовать|我(?:将|將|从|從|自).{0,40}(?:不在|离开|離開)|不在
""")
"""How it begins."""

MACHINE_NAMES = one_of(r"""
    (?:.{1,40}[._+-])?(?:no|do-?_?\.?not|dont|non|ne-?pas|keine?|nicht)[._-]?(?:reply|respond|antwort(?:en)?|repondre|rispondere|responder)
    (?:no-?_?reply|donotreply|do-not-reply)[._+-].{0,60}|noreply.{0,60}|nepasrepondre|keineantwort|noresponder
    mailer-daemon|postmaster|mail-daemon|auto-?(?:responder|reply|notify|mailer|confirm|response)|bounces?(?:[+-].*)?
    .{1,64}-bounces(?:\+.*)?
    (?:list|majordomo|mailman|sympa|listserv|listmaster)(?:-(?:bounces|owner|request))?|owner-.+
    notifications?|notify|root|cron|nagios|icinga|zabbix|alertmanager|grafana|jenkins|daemon|www-data|apache|backup
""")
"""Local parts of addresses behind which nobody sits."""

READ_SUBJECTS = one_of(r"""
    read|not read|read receipt|return receipt(?: \(displayed\))?|disposition notification|receipt|delivered
    已读(?:回执)?|未读|已讀|未讀|回执|回條|讀取回條|阅读回执
    gelesen|ungelesen|lesebestätigung|nicht gelesen|zugestellt
    lu|non lu|accusé de (?:lecture|réception)|confirmation de lecture
    leído|no leído|confirmación de lectura|acuse de recibo|lido|não lido|confirmação de leitura|recibo de leitura
    letto|non letto|ricevuta di (?:ritorno|lettura)|conferma di lettura|gelezen|leesbevestiging|ontvangstbevestiging
    läst|olästa?|läskvitto|læst|kvittering|lest|luettu|lukukuittaus|przeczytan[eoy]|potwierdzenie (?:przeczytania|odbioru)
    прочитано|не прочитано|уведомление о прочтении|подтверждение|přečteno|開封済み|開封確認|未開封|읽음|okundu
""")
"""What mail programs put before the subject of a receipt."""

READ_WORDS = one_of(r"""
    (?:was|has been) (?:read|displayed|opened|received by|deleted without being read)|return receipt for the mail
    was delivered to
    已(?:被?|于.{0,40}|在.{0,40})(?:阅读|閱讀|读取|讀取|打开|显示)|这是邮件收条|此回执|未读.{0,10}删除
    wurde.{0,80}(?:gelesen|angezeigt|geöffnet|gelöscht)|empfangsbestätigung für
    a été (?:lu|affiché|ouvert|supprimé)|accusé de réception
    (?:se ha|fue|ha sido) (?:leíd|mostrad|abiert|eliminad)|foi (?:lid|exibid|abert|excluíd)
    è stat[oa] (?:lett|visualizzat|apert|eliminat)
    (?:is|werd).{0,80}(?:gelezen|weergegeven)|lästes|har lästs|blev læst|ble lest|został[ao]? (?:przeczytan|wyświetlon)
    было? (?:прочитано|открыто|удалено)|прочтено|開封されました|表示されました|읽었습니다|okundu
""")
"""What such a receipt says."""
