from maildesk.mail.languages.table import Language

DUTCH = Language(
    code="nl",
    opens="op|citeren",
    wrote="schreef|schreven|schrijft|geschreven|schreef het volgende",
    myself="ik|wij|we|u|jij|je|hij|zij",
    old=(
        "oorspronkelijk(?:e)? (?:bericht|mail|e-?mail)|origine(?:e|ë)l bericht|original bericht"
        "|(?:reageer|antwoord) boven deze (?:lijn|regel)"
    ),
    forwarded="(?:begin )?doorgestuurd(?:e)? (?:bericht|mail|e-?mail)|doorgezonden bericht|begin van doorgestuurd bericht",
    sender="van|afzender",
    date="verzonden|datum|verstuurd|verzonden op|verzonden om",
    to="aan|geadresseerde|ontvanger",
    cc="kopie|bcc",
    subject="onderwerp",
    more="urgentie|bijlagen|prioriteit|antwoord aan",
    sent=(
        "(?:verzonden|verstuurd|gestuurd) (?:vanaf|vanuit|met|via|van|door)|outlook (?:voor|downloaden)"
        "|download outlook|haal outlook"
    ),
    closings=(
        "met (?:vriendelijke|hartelijke|beste) groet(?:en)?|(?:vriendelijke|hartelijke|beste) groet(?:en|jes)?"
        "|groet(?:en|jes)?|mvg|hoogachtend"
    ),
    secret=(
        r"(?:dit|de informatie in dit|deze) (?:bericht|e-?mail(?:bericht)?)\b[^.\n]{0,200}(?:vertrouwelijk|uitsluitend"
        "|bestemd)"
        "|indien u niet de (?:geadresseerde|bedoelde ontvanger)|vertrouwelijkheidsverklaring"
    ),
)
