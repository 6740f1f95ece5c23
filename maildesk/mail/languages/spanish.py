from maildesk.mail.languages.table import Language

SPANISH = Language(
    code="es",
    opens="el|en|con fecha",
    wrote="escribió|escribio|ha escrito|escribía|escribe|dijo",
    myself="yo|nosotros|usted|tú",
    old=(
        "mensaje (?:original|anterior|de origen)|correo original|mail original|e-?mail original"
        "|(?:por favor,? )?respond[ae] (?:por )?encima de esta línea"
    ),
    forwarded="mensaje (?:reenviado|remitido)|(?:inicio del )?mensaje reenviado|correo reenviado|reenviado por",
    sender="de|remitente",
    date="enviado|enviado el|enviada el|fecha|enviado a las",
    to="para|a|destinatario|destinatarios",
    cc="copia|cco",
    subject="asunto",
    more="importancia|datos adjuntos|responder a",
    sent="enviado (?:desde|con|a través|por|vía|via)|(?:obtener|obtenga|descarga|descargar) (?=outlook)|mensaje enviado desde",
    closings=(
        "(?:un )?(?:cordial )?saludos?(?: cordiales| cordial| atentos)?|atentamente|(?:muy )?cordialmente|atte"
        "|reciba un cordial saludo|un abrazo|quedo atent[oa]"
    ),
    secret=(
        r"(?:este|el presente|la información contenida en este) (?:mensaje|correo(?: electrónico)?|e-?mail)\b[^.\n]{0,"
        "200}(?:confidencial|exclusiv|privilegiad)"
        "|aviso (?:legal|de confidencialidad)|cláusula de confidencialidad|si (?:usted )?no es el destinatario"
        "|antes de imprimir"
    ),
)
