"""The words that people write behind a time and that take it back, doubt it, or ask about it, in Chinese and English."""

from maildesk.core.pattern import Pattern

UNDONE = Pattern(
    r"(?:(?:可能|也许|或许|恐怕|未必|难说|待定|没戏|泡汤|作废|(?:已经?|被)?(?:取消|推迟|延期|延后|推后|顺延|改期))[了吧]?"
    r"|maybe|perhaps|possibly|tbc|tbd|at risk|no longer|(?:is |was |has been )?(?:cancell?ed|postponed)|(?:is|was) off"
    r"|was (?:the |my |our )?(?:plan|idea|target|promise|planned|meant|promised))(?=\s*(?:$|[,，;；:：。.!！)）]))|[?？]"
)
"""What takes the time in front of it back, or leaves it open."""
_OVER = r"(?=\s*(?:$|[,，;；:：、。.…!！?？)）\]】}>*|~～\"”»]|[-–—]\s|but(?![a-z]))|(?<=[\u4e00-\u9fff])\s)"
_OVER_WHY = rf"(?:{_OVER}|(?=\s{{1,9}}(?:because|due|since|as|by|before|sorry|unless|without|though|any ?more)(?![a-z])))"
_TO_BE_DONE = (
    "完成|[做弄修]完|[修弄做搞]好|[修弄做搞]得[好完]|搞定|解决|修复|恢复|处理完?|到位|好|行|可以|来得及|赶得[上及]|没问题|成"
)
_HEDGES = "(?:很|极|有|大)?可能|也许|或许|恐怕|未必|大概率?|估计|应该|争取|尽量|尽力|尽可能|力争|希望|但愿|有望|有希望"
_UNSURE_IN_CHINESE = (
    rf"(?:{_HEDGES})(?:能够?|会|可以|就)?(?:{_TO_BE_DONE})?|(?:如果?|若|要是|假如)?(?:一切|进展)?顺利(?:的话)?"
    r"|(?:或者?|甚至)(?:更[晚早]|以后|之后)|(?:如无|若无|如果没有?|不出)意外(?:的话)?|运气好(?:的话)?|[看视](?:情况|进展|运气)(?:而定)?"
    r"|待(?:定|确认|议|商|通知)|(?:还|尚)?[未没](?:定|确定|确认)|暂定|没[谱准底]|没(?:有)?把握|悬|够呛|难|难说|难讲|存疑|无望|黄(?=了)"
    r"|有点?[难悬]|有(?:困难|难度|风险|变数)|(?:不|没法|无法|不能|不敢|难以?)保证|不敢说|不[太大]?(?:行|成|可能|一定|确定|现实|靠谱|乐观|好说)|[做达办]不到|最快"
    rf"|[赶做修弄搞来完]不(?:定|了|好|完|成|及|上|出来?|过来)|(?:不能|无法|没法|难以?|不会)(?:{_TO_BE_DONE}|做到|兑现|赶上|按时|如期)?"
    rf"|(?:{_TO_BE_DONE}|能(?:{_TO_BE_DONE})|ok|够|对|方便|怎样)?(?:吗|么|嘛|呢|吧?[?？])"
    rf"|行不行|好不好|成不成|可不可以|能不能(?:{_TO_BE_DONE})?|来不来得及|可以不|行不|怎么样|如何|够不够|来得及不"
)
_DONE = (
    "done|ready|fixed|solved|resolved|finished|complete|possible|enough|ok(?:ay)?|fine|good|feasible|realistic|in time|on time"
)
_DOES = "work|do|happen|fly|hold|suit|fit|go|finish|promise|guarantee|commit|manage|deliver|slip|change|move"
_ITSELF = (
    r"(?:but |and )?(?:(?:i|we|they|he|she|it|that|this|which) )?(?:(?:is|was|looks?|seems?|sounds?) )?"
    r"(?:(?:still|a bit|too|very|most|quite|rather|highly) )*"
)
_NOT = (
    r"(?:(?:ca|wo|could|does|do|is|ai|would|might)n?['’]t|(?:ca|wo|does|is|could|would)nt|cannot"
    r"|(?:can|will|could|does|do|is|would|might|may) (?:not|never)|never|unable to|no longer|not)"
    r"(?: (?:going to|gonna|be able to))?"
)
_UNSURE_IN_ENGLISH = (
    r"(?:probably|possibly|maybe|perhaps|presumably|hopefully|likely|ideally|supposedly|apparently|theoretically|optimistically)"
    rf"(?: (?:(?:will|to|can|we|it) )*(?:be )?(?:{_DONE}|{_DOES}|then|later|earlier|sooner|not))?"
    r"|(?:tb[acd]|to be (?:confirmed|decided|determined|announced|agreed|discussed))(?: (?:with|by|from|when|once|after) .*)?"
    rf"|pending(?: confirmation)?|{_NOT}(?: yet)?"
    r"|tentative(?:ly)?|provisional(?:ly)?|uncertain|unsure|unconfirmed|unclear|not (?:sure|certain|confirmed)|open|debatable"
    r"|(?:i |we )?(?:hope|think|guess|believe|hoping|doubt)(?: (?:so|it|not))?|i reckon|i['’]d say|(?:and|or) beyond"
    r"|(?:my |just a |a )?(?:best |wild |rough )?guess"
    r"|if (?:all|everything) (?:goes|works)(?: out)?(?: (?:well|to plan|right|fine))?"
    r"|if (?:possible|lucky|nothing (?:goes wrong|breaks)|(?:i|we) can)"
    r"|if (?:that|it|this)(?: is|['’]s) (?:ok(?:ay)?|fine|possible)|with (?:any |some |a bit of |a little )?luck|fingers crossed"
    r"|at the soonest|god willing|touch wood|(?:all|time|weather) (?:being well|permitting)|if time (?:permits|allows)"
    r"|at a (?:push|pinch)|(?:it )?(?:all )?depends|best effort|subject to (?:change|confirmation)|at best|in (?:doubt|theory)"
    rf"|(?:might|may|should|could|would)(?: (?:just |still )?(?:be )?(?:{_DONE}|{_DOES}))?"
)
_REFUSED_IN_ENGLISH = (
    r"doubtful|unrealistic|infeasible|unfeasible|questionable|optimistic|ambitious|tight|risky|early|soon|short|unlikely"
    rf"|impossible|{_NOT} (?:make|keep|meet|reach|manage|do|promise|guarantee|hold)(?: (?:it|that|this|so))?"
    rf"|{_NOT} (?:{_DOES})(?: for (?:me|us))?|{_NOT} (?:{_DONE}|happening|guaranteed|sure)"
    rf"|{_NOT} be (?:held|met|kept|made|guaranteed|promised|confirmed|achieved|{_DONE})"
    r"|no (?:guarantees?|promises?|way|chance|go)|not (?:guaranteed|promised|any ?more|happening|doable)|out of the question"
    r"|off the table|(?:a )?stretch|pushing it|called off|withdrawn|void|never mind|forget it|scratch that"
)
_BEHIND_SIGNS = r"[^a-z\d?？\u4e00-\u9fff]*+"
UNSURE = Pattern(
    rf"{_BEHIND_SIGNS}(?:(?:{_UNSURE_IN_CHINESE})[了吧啊呀哦的吗]?{_OVER}|{_ITSELF}(?:(?:{_UNSURE_IN_ENGLISH}){_OVER}"
    rf"|(?:{_REFUSED_IN_ENGLISH}){_OVER_WHY})|(?:[a-z][a-z'’]{{0,20}}\s{{1,3}}){{0,3}}(?:[a-z][a-z'’]{{0,20}}\s{{0,3}})?[?？])"
)
"""A clause of its own that doubts the time in front of it, refuses it or asks whether it will do."""
REFUSED = Pattern(
    rf"(?:赶不|不早于|(?:最早|起码|至少){_OVER}|够呛|没戏|泡汤|[不没](?:能|敢|法|办法)?保证|无法保证|不现实|难以?(?:保证|完成|按时)"
    rf"|(?:不能|无法|没法)(?:完成|做到|兑现|赶上|按时|如期|搞定|(?:修[好复]|解决|恢复){_OVER})|[做修弄搞完]不(?:成|出来|过来)"
    rf"|(?:(?:is|was|gets?) )?(?:delayed|rescheduled|pushed(?: back| out)?|put off|slipp(?:ed|ing)|slips){_OVER_WHY})"
)
"""The same where nothing like a comma stands between; behind one it may be the reason, or begin it."""
