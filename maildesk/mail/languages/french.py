from maildesk.mail.languages.table import Language

FRENCH = Language(
    code="fr",
    opens="le|citation de",
    wrote="a écrit|écrit|écrivait|a ecrit|ecrit",
    myself="j|je|nous|vous|on|tu",
    old=(
        "message (?:d['’]origine|original|initial|précédent|d['’]origine)|e-?mail d['’]origine|mail original"
        "|(?:veuillez )?répond(?:re|ez) au-dessus de cette ligne"
    ),
    forwarded=(
        "message transféré|message réexpédié|(?:début du )?message (?:transféré|réexpédié)|e-?mail transféré|transféré par"
    ),
    sender="de|expéditeur|émetteur",
    date="date|envoyé|envoyé le|date d'envoi|reçu",
    to="à|a|pour|destinataire|destinataires",
    cc="copie|copie à|cci",
    subject="objet|sujet",
    more="importance|pièces jointes|répondre à",
    sent="envoyé (?:de|depuis|à partir|avec|via)|(?:télécharger|téléchargez|obtenir|obtenez) (?=outlook)|envoyé par",
    closings=(
        "(?:bien |très )?cordialement(?: vôtre)?|bien à (?:vous|toi)|cdlt|sincèrement|meilleures salutations"
        "|(?:sincères|cordiales|salutations) salutations|salutations(?: distinguées| cordiales)?|amicalement"
        "|bonne journée|respectueusement"
    ),
    secret=(
        r"(?:ce|le présent|l'information contenue dans ce) (?:message|courriel|e-?mail|courrier électronique)\b[^.\n]{"
        "0,200}(?:confidentiel|exclusi|destin)"
        "|(?:avis|clause) de confidentialité|avertissement ?:|si vous n['’]êtes pas (?:le|son) (?:bon )?destinataire"
        "|(?:pensez|merci de penser) à l['’]environnement"
    ),
)
