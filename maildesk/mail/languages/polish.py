from maildesk.mail.languages.table import Language

POLISH = Language(
    code="pl",
    opens="w dniu|dnia|wiadomość napisana przez|wiadomość|cytowanie",
    wrote=r"napisana przez|napisał(?:\(a\)|a|/a)?|pisze|pisał(?:\(a\)|a)?|napisali",
    myself="ja|my|pan|pani",
    old="(?:wiadomość|wiadomosc|mail) (?:oryginalna|pierwotna|oryginalny)|oryginalna wiadomość|odpowiedz powyżej tej linii",
    forwarded=(
        "(?:początek )?(?:wiadomość|wiadomości) przekazan[aej]+(?: dalej)?|przekazana wiadomość|treść przekazanej wiadomości"
    ),
    sender="od|nadawca",
    date="wysłano|data|data wysłania|wysłane|wyslano",
    to="do|adresat|odbiorca",
    cc="dw|do wiadomości|kopia|udw",
    subject="temat",
    more="ważność|załączniki|odpowiedź do",
    sent="wysłan[eoya] (?:z|ze|przy|za pomocą|przez)|pobierz (?:program |aplikację )?(?=outlook)",
    closings=(
        "(?:serdecznie |serdeczne )?pozdrawiam(?: serdecznie)?|pozdrowienia"
        "|z (?:poważaniem|powazaniem|wyrazami szacunku)|łączę pozdrowienia|pozdr"
    ),
    secret=(
        "(?:ta|niniejsza|treść tej|treść niniejszej|informacje zawarte w tej) (?:wiadomoś(?:ć|ci)|korespondencj[ai]|p"
        r"rzesyłka)[^.\n]{0,200}(?:poufn|wyłącznie|chronion)"
        r"|klauzula poufności|jeżeli nie (?:jest|są) (?:pan|pani|państwo)[^.\n]{0,30}adresat"
    ),
)
