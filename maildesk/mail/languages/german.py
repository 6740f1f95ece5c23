from maildesk.mail.languages.table import Language

GERMAN = Language(
    code="de",
    opens="am|den|zitat von|in einer e-mail vom",
    wrote="schrieb|schrieben|schreibt|geschrieben|schrieb folgendes",
    myself="ich|wir|Sie|du|ihr|er|man",
    old=(
        "ursprüngliche (?:nachricht|mail|e-?mail)|original[- ]?(?:nachricht|mail|termin)|originalnachricht"
        "|antwort nachricht|(?:bitte )?(?:antworten sie )?(?:ober|über)halb dieser (?:linie|zeile).{0,12}"
    ),
    forwarded="(?:anfang der )?weitergeleitete[nr]? (?:nachricht|mail|e-?mail)|weitergeleitet von",
    sender="von|absender",
    date="gesendet|datum|gesendet am|gesendet um|erhalten",
    to="an|empfänger",
    cc="kopie|bcc",
    subject="betreff|thema",
    more="wichtigkeit|priorität|anlagen|anhänge|antwort an",
    sent=(
        "(?:diese (?:nachricht|e-?mail|mail) wurde )?(?:von|aus|mit) meine[mr]|gesendet (?:von|mit|aus|über)"
        "|(?:versendet|verschickt) (?:mit|von)|holen sie sich (?=outlook)"
    ),
    sent_last="beziehen|herunterladen",
    closings=(
        "mit (?:freundlichen|besten|herzlichen|lieben|vielen) (?:gr(?:ü|ue)(?:ß|ss)en|empfehlungen)|mfg|lg|vg"
        "|gru(?:ß|ss)|(?:freundliche|viele|beste|liebe|herzliche|schöne) gr(?:ü|ue)(?:ß|ss)e|gr(?:ü|ue)(?:ß|ss)e"
        "|hochachtungsvoll"
    ),
    secret=(
        r"(?:diese|der inhalt dieser|die informationen in dieser) (?:e-?mail|nachricht)\b[^.\n]{0,200}(?:vertraulich|g"
        "eschützt|ausschlie(?:ß|ss)lich für|nur für)"
        r"|(?:vertraulichkeitshinweis|haftungsausschluss|rechtlicher hinweis|wichtiger hinweis)\b"
        "|(?:falls|wenn|sollten) sie nicht der (?:richtige |vorgesehene |beabsichtigte )?(?:adressat|empfänger)"
    ),
)
