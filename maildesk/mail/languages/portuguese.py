from maildesk.mail.languages.table import Language

PORTUGUESE = Language(
    code="pt",
    opens="em|no dia|a|às|citando",
    wrote="escreveu|escreve|escrevia|enviou",
    myself="eu|nós|você|vocês",
    old="mensagem (?:original|de origem|anterior)|e-?mail original|responda acima (?:desta|dessa) linha",
    forwarded="(?:início da )?mensagem (?:encaminhada|reencaminhada|reenviada)|e-?mail encaminhado|encaminhad[ao] por",
    sender="de|remetente",
    date="enviado|enviada|data|enviada em|enviado em|enviado a",
    to="para|destinatário|destinatários",
    cc="cópia|c/c|cco",
    subject="assunto",
    more="importância|anexos|responder a",
    sent=("enviad[oa] (?:do|da|de|a partir|pelo|pela|via|com|por)|(?:obter|obtenha|baixe|baixar|transferir) o (?=outlook)"),
    closings=(
        "(?:com os )?(?:melhores |meus )?cumprimentos|atenciosamente|att|atte|cordialmente|(?:um )?abraços?"
        "|(?:cordiais )?saudações|grato|grata"
    ),
    secret=(
        r"(?:esta|este|a presente|as informações contidas nesta) (?:mensagem|e-?mail|comunicação)\b[^.\n]{0,200}(?:con"
        "fidencia|exclusiv|privilegiad|sigilos)"
        "|aviso (?:legal|de confidencialidade)|se (?:você )?não (?:é|for) o destinatário|antes de imprimir"
    ),
)
