from maildesk.mail.languages.table import Language

ENGLISH = Language(
    code="en",
    opens="on|at|in a message dated|date:|quoting",
    wrote="wrote|writes|said|sent|has written|wrote the following",
    myself="I|we|you|he|she|they|who|somebody|someone",
    old=(
        "original(?: (?:message|mail|e-?mail|appointment|text))?(?: follows)?|reply message|replied message"
        "|replied mail|previous (?:message|mail)"
        "|(?:please )?(?:reply|respond|type your reply|write your reply) above this line|message history"
    ),
    forwarded="forwarded (?:message|mail|e-?mail|by)|begin forwarded message|start of forwarded message|forwarded",
    sender="from|sender",
    date="date|sent|sent at|sent on|received|time",
    to="to|recipient|recipients",
    cc="cc|bcc",
    subject="subject",
    more="reply-to|importance|priority|attachments|attachment|mailed-by|organization|organisation",
    sent="(?:this (?:message|e-?mail) was )?sent (?:from|via|with|by|using)|get (?=outlook|bluemail)|composed on",
    closings=(
        "(?:with )?(?:my )?(?:best|kind|kindest|warm|warmest|many)(?: and kind)? (?:regards|wishes)|regards|rgds"
        "|brgds|br|thanks (?:and|&) (?:best |kind )?regards|yours (?:sincerely|faithfully|truly)|sincerely(?: yours)?"
        "|best|all the best|respectfully(?: yours)?"
    ),
    secret=(
        "(?:this|the (?:information|contents?) (?:contained )?(?:in|of) this) (?:e-?mail|message|communication|transm"
        r"ission)\b[^.\n]{0,200}(?:confidential|privileged|intended (?:only|solely)|legally protected)"
        r"|(?:confidentiality|legal) (?:notice|note|disclaimer|statement)\b|disclaimer ?:"
        r"|if you (?:are not|have received this)[^.\n]{0,60}(?:intended|addressee|in error)"
        "|(?:please )?(?:consider|think of) the environment before printing"
    ),
)
