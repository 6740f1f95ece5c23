from maildesk.mail.languages.table import Language

SWEDISH = Language(
    code="sv",
    opens="den|på",
    wrote="skrev|skriver|har skrivit",
    myself="jag|vi|du|ni",
    old=(
        "(?:ursprungligt|originalt?|ursprungliga) (?:meddelande|meddelandet)|originalmeddelande|svara ovanför denna (?:linje|rad)"
    ),
    forwarded="vidarebefordrat (?:meddelande|mail|brev|mejl)|(?:början på )?(?:det )?vidarebefordrade? meddelandet?",
    sender="från|avsändare",
    date="skickat|datum|skickat den|skickad",
    to="till|mottagare",
    cc="kopia|kopia till",
    subject="ämne|rubrik",
    more="prioritet|bilagor",
    sent="skickat (?:från|med|via|av)|skickades från|(?:hämta|skaffa) (?=outlook)",
    closings=(
        "(?:med )?(?:vänlig|vänliga|bästa|varma|hjärtliga|hälsning|de bästa) hälsning(?:ar)?|hälsningar|mvh"
        "|med vänlig hälsning|vänligen|/mvh"
    ),
    secret=(
        r"(?:detta|innehållet i detta|informationen i detta) (?:meddelande|e-?post(?:meddelande)?|mail|mejl)\b[^.\n]{0"
        ",200}(?:konfidentiell|avsett|sekretess)"
    ),
)

DANISH = Language(
    code="da",
    opens="den|på",
    wrote="skrev|skriver|har skrevet",
    myself="jeg|vi|du",
    old="oprindelig (?:meddelelse|besked|mail)|original meddelelse|svar venligst over denne linje",
    forwarded="videresendt (?:meddelelse|besked|mail)|(?:start på )?videresendt (?:meddelelse|besked)",
    sender="fra|afsender",
    date="sendt|dato|sendt den",
    to="til|modtager",
    cc="kopi",
    subject="emne",
    sent="sendt (?:fra|med|via)|(?:hent|få) (?=outlook)",
    closings=(
        "(?:med )?(?:venlig|kærlig|bedste|mange) hilsen(?:er)?|(?:de )?(?:venlige|bedste|mange|kærlige) hilsner|hilsen|mvh|vh|kh"
    ),
    secret=r"denne (?:e-?mail|meddelelse|besked)\b[^.\n]{0,200}(?:fortrolig|udelukkende|beregnet)",
)

NORWEGIAN = Language(
    code="nb",
    opens="den|på",
    wrote="skrev|skrev følgende|har skrevet",
    myself="jeg|vi|du|dere",
    old="(?:opprinnelig|original) (?:melding|e-?post)|svar over denne linjen",
    forwarded="videresendt (?:melding|e-?post)|(?:start på )?videresendt melding",
    sender="fra|avsender",
    date="sendt|dato|sendt den",
    to="til|mottaker",
    cc="kopi",
    subject="emne",
    sent="sendt (?:fra|med|via)|(?:hent|få) (?=outlook)",
    closings="(?:med )?(?:vennlig|beste|mange) hilsen(?:er)?|(?:de )?(?:vennlige|beste) hilsener|hilsen|mvh",
    secret=r"denne (?:e-?posten|meldingen|e-?post)\b[^.\n]{0,200}(?:konfidensiell|utelukkende|beregnet)",
)

FINNISH = Language(
    code="fi",
    wrote="kirjoitti|kirjoittaa|kirjoitti seuraavasti",
    myself="minä|me|te",
    old="alkuperäinen (?:viesti|sähköposti)|vastaa tämän rivin yläpuolelle",
    forwarded="(?:edelleen)?lähetetty viesti|välitetty viesti|edelleen lähetetty viesti",
    sender="lähettäjä",
    date="lähetetty|päivämäärä|päiväys|pvm",
    to="vastaanottaja|saaja",
    cc="kopio",
    subject="aihe",
    sent="lähetetty|(?:hanki|hae) (?=outlook)",
    closings="(?:ystävällisin|parhain|terveisin)? ?terveisin|ystävällisesti|terveisin",
    secret=r"tämä (?:viesti|sähköposti)[^.\n]{0,200}(?:luottamuksellinen|tarkoitettu)",
)
