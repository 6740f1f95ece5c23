from maildesk.mail.languages.table import Language

ITALIAN = Language(
    code="it",
    opens="il|il giorno|in data|da:",
    wrote="ha scritto|scrisse|scrive|scriveva|ha inviato",
    myself="io|noi|lei|tu",
    old=(
        "messaggio (?:originale|di origine|precedente)|mail originale|e-?mail originale"
        "|rispond(?:i|ere|a) sopra questa (?:riga|linea)"
    ),
    forwarded="(?:inizio )?messaggio (?:inoltrato|girato)|e-?mail inoltrata|inoltrato da|inizio messaggio inoltrato",
    sender="da|mittente",
    date="inviato|data|inviato il|inviata",
    to="a|per|destinatario|destinatari",
    cc="copia|copia conoscenza|ccn",
    subject="oggetto",
    more="risposta|rispondi a|priorità|allegati",
    sent="inviato (?:da|dal|con|tramite|via|dallo)|(?:scarica|ottieni) (?=outlook)|inviata da",
    closings=(
        "(?:i miei )?(?:più )?(?:cordiali|distinti|migliori|un cordiale) salut[io]|cordialmente|un saluto"
        "|saluti(?: cordiali)?|distintamente|buona giornata|buon lavoro"
    ),
    secret=(
        "(?:questo|il presente|le informazioni contenute in questo|la presente) (?:messaggio|e-?mail|comunicazione|do"
        r"cumento)\b[^.\n]{0,200}(?:riservat|confidenzial|esclusiv)"
        "|(?:avviso|clausola|nota) di riservatezza|informativa (?:sulla )?privacy"
        "|qualora (?:lei )?non f(?:osse|osse il) (?:il )?destinatari|prima di stampare"
    ),
)
