from maildesk.mail.languages.table import Language

TURKISH = Language(
    code="tr",
    wrote="yazdı|şunu yazdı|şunları yazdı|yazmış|yazıyor",
    myself="ben|biz|siz|sen",
    old="(?:orijinal|özgün|asıl|orjinal|ilk) (?:ileti|mesaj|e-?posta)|lütfen bu satırın üzerine yanıtlayın",
    forwarded=(
        "(?:yönlendirilen|iletilen|iletilmiş) (?:ileti|mesaj|e-?posta)|yönlendirilmiş (?:ileti|mesaj)|ileti(?:len)? başlangıcı"
    ),
    sender="kimden|gönderen|gonderen",
    date="gönderildi|tarih|gönderilme|gönderilme tarihi|gönderme tarihi|gönderim tarihi|gonderildi",
    to="kime|alıcı|alici",
    cc="bilgi|kopya|gizli",
    subject="konu",
    more="önem|ekler",
    sent_last="(?:[dt][ae]n|ile) gönderildi|edinin|indirin",
    closings=(
        "saygılar(?:ımla|ımızla)?|sevgiler(?:imle)?|iyi (?:çalışmalar|günler)(?: dilerim)?|selamlar"
        "|en iyi dileklerimle|hürmetlerimle"
    ),
    secret=(
        r"bu (?:e-?posta|mesaj|ileti|elektronik posta)[^.\n]{0,200}(?:gizli|sadece|yalnızca|kişiye özel)"
        "|gizlilik (?:bildirimi|notu)|yasal uyarı"
    ),
)
