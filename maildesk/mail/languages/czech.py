from maildesk.mail.languages.table import Language

CZECH = Language(
    code="cs",
    opens="dne|citování",
    wrote=r"napsal(?:\(a\)|a|/a)?|psal(?:\(a\)|a)?|píše|napísal(?:\(a\)|a)?",
    myself="já|my|vy",
    old="(?:původní|originální|pôvodná) (?:zpráva|e-?mail|správa)|odpovězte nad (?:tuto|touto) (?:čáru|řádek|čárou)",
    forwarded=(
        "(?:začátek )?(?:přeposlan[áé]|předan[áé]|přeposílan[áé]|preposlan[áé]) (?:zpráv[ay]|správ[ay])|přeposlaný e-?mail"
    ),
    sender="od|odesílatel|odosielateľ",
    date="odesláno|datum|odoslané|dátum",
    to="komu|příjemce|pre",
    cc="kopie|kópia|skrytá kopie",
    subject="předmět|predmet|věc",
    more="důležitost|přílohy",
    sent="odesláno (?:z|ze|pomocí|přes)|odoslané z|(?:získat|stáhnout) (?=outlook)",
    closings=(
        "s (?:pozdravem|přátelským pozdravem|úctou|přáním (?:pěkného|hezkého) dne)|(?:srdečně )?zdraví(?:m)?"
        "|hezký den|pěkný den|s pozdravom"
    ),
    secret=(
        r"(?:tato|tento|obsah této) (?:zpráva|zprávy|e-?mail)\b[^.\n]{0,200}(?:důvěrn|výhradně|určen)"
        "|nejste-li (?:zamýšleným |oprávněným )?(?:příjemcem|adresátem)"
    ),
)
