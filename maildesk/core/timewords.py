"""The words in which people write times, in Chinese and English: days, parts of days, weekdays, months, numbers, units."""

import re
from collections.abc import Mapping
from datetime import time, timedelta
from types import MappingProxyType

from maildesk.core.pattern import Pattern

DAY, WEEK = timedelta(days=1), timedelta(days=7)
NOON = time(12)

EARLY_PARTS = ("一大早", "一早", "大清早", "大早上", "清早", "清晨")
"""Parts of a morning: how much of it they last, nobody knows."""
PARTS: Mapping[str, tuple[time, time]] = MappingProxyType(
    {
        "凌晨": (time(0), time(6)),
        **dict.fromkeys((*EARLY_PARTS, "上午", "上半天", "早上", "早晨", "morning"), (time(0), NOON)),
        **dict.fromkeys(("noon", "midday"), (NOON, NOON)),
        **dict.fromkeys(("中午", "晌午"), (NOON, time(13))),
        **dict.fromkeys(("下午", "下半天", "午后", "afternoon"), (NOON, time(18))),
        **dict.fromkeys(("晚上", "晚间", "傍晚", "evening", "night"), (time(18), time(22))),
        **dict.fromkeys(("早", "am"), (time(0), NOON)),
        "pm": (NOON, time(18)),
        "晚": (time(18), time(22)),
    }
)
"""Parts of a day: their first and last moment, the same for a moment."""
SHORT_PARTS = ("早", "晚", "am", "pm")
"""Those that are such only behind a day."""

NAMED: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        "前天": (-2, ""),
        **dict.fromkeys(("昨晚", "last night"), (-1, "晚上")),
        **dict.fromkeys(("昨天", "昨日", "yesterday"), (-1, "")),
        **dict.fromkeys(("今天", "今日", "当天", "today"), (0, "")),
        **dict.fromkeys(("明天", "明日", "明儿", "tomorrow", "tmr", "tmrw", "tmw"), (1, "")),
        **dict.fromkeys(("今晚", "tonight"), (0, "晚上")),
        **dict.fromkeys(("后天", "the day after tomorrow", "day after tomorrow"), (2, "")),
        "大后天": (3, ""),
        "今早": (0, "上午"),
        "明早": (1, "上午"),
        "明晚": (1, "晚上"),
    }
)
"""Days by name: how many days from today, and the part of the day that the word names as well."""

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
WEEK_SIGNS = "一二三四五六日"
WEEKDAYS: Mapping[str, int] = MappingProxyType(
    {
        **{day: at for at, day in enumerate(_DAYS)},
        **{day[:3]: at for at, day in enumerate(_DAYS)},
        "tues": 1,
        "thur": 3,
        "thurs": 3,
    }
)
MONTHS: Mapping[str, int] = MappingProxyType(
    {
        **{month: at for at, month in enumerate(_MONTHS, 1)},
        **{month[:3]: at for at, month in enumerate(_MONTHS, 1)},
        "sept": 9,
    }
)

UNITS: Mapping[str, timedelta] = MappingProxyType(
    {
        **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "分钟", "分"), timedelta(minutes=1)),
        "刻钟": timedelta(minutes=15),
        **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "小时", "个小时", "钟头", "个钟头"), timedelta(hours=1)),
        **dict.fromkeys(("d", "day", "days", "天", "工作日", "个工作日"), DAY),
        **dict.fromkeys(("working day", "working days", "business day", "business days"), DAY),
        **dict.fromkeys(("w", "week", "weeks", "周", "星期", "个星期", "个礼拜"), WEEK),
    }
)

SPELLED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_WORDS: Mapping[str, float] = MappingProxyType(
    {
        **{word: float(at) for at, word in enumerate(SPELLED, 1)},
        **dict.fromkeys(("half an", "half a", "half", "半"), 0.5),
        **dict.fromkeys(("a", "an"), 1.0),
        "fifteen": 15.0,
        "twenty": 20.0,
        "thirty": 30.0,
        "forty": 40.0,
        "ninety": 90.0,
    }
)
_SIGNS = {"零": 0, "两": 2, **{sign: at for at, sign in enumerate("一二三四五六七八九", 1)}}
NUMERAL = "[二三四五]?十[一二三四五六七八九]?|零[一二三四五六七八九]?|[一二两三四五六七八九]"
"""Chinese numbers up to 59, as hours and minutes need them."""

SERVICE: Mapping[str, timedelta] = MappingProxyType(
    dict.fromkeys(
        ("working hours", "working hour", "business hours", "business hour", "个工作小时", "工作小时", "个工时", "工时"),
        timedelta(hours=1),
    )
)
"""Units of time in which somebody works, as days are; other hours are real ones."""

_SPELLED_OUT = "|".join(sorted(_WORDS, key=len, reverse=True))
COUNT = rf"\d{{1,4}}(?:\.(?:\d|[27]5)(?!\d))?|[六七八九]十[一二三四五六七八九]?|{NUMERAL}|(?:{_SPELLED_OUT})(?![a-z])"


def any_of(words: Mapping[str, object]) -> str:
    """A pattern for one of these words, the longest first."""
    return "|".join(sorted(words, key=len, reverse=True))


def number(written: str) -> float:
    """What a match of COUNT means."""
    word = written.lower()
    if word in _WORDS:
        return _WORDS[word]
    return float(word) if word[0].isdigit() else float(numeral(word))


def numeral(written: str) -> int:
    """What digits or a match of NUMERAL mean."""
    if written.isdigit():
        return int(written)
    tens, ten, ones = written.removeprefix("零").rpartition("十")
    return (_SIGNS.get(tens, 1) * 10 if ten else 0) + _SIGNS.get(ones, 0)


FEASTS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        **dict.fromkeys(("国庆节", "国庆", "十一长假", "national day"), (10, 1)),
        **dict.fromkeys(("元旦", "new year's day", "new year"), (1, 1)),
        **dict.fromkeys(("五一", "劳动节", "labour day"), (5, 1)),
        **dict.fromkeys(("圣诞节", "圣诞", "christmas", "xmas"), (12, 25)),
    }
)
"""Feasts that are on the same day every year. What moves (春节, Easter) is asked for by its date."""

_SIGN_OF_HOURS = r"\s*(?:(?:hrs|hours?|h|uhr)(?![a-z\d]|\s+(?:of|is|are|was|were)\b)|hr(?=\s*(?:$|[,.;])))"
"""Behind a time of the day, where it counts nothing: `16:30 hrs`."""

SAME: tuple[tuple[Pattern, str], ...] = (
    (Pattern(r"(?<![\d:a-z])([1-6])h([0-5]\d)(?![\dm:])"), r"\1h \2m"),
    (Pattern(rf"(?<![\d:.,/])([01]\d|2[0-4])([0-5]\d)(?=(?:\s*(?:-|–|to)\s*\d{{4}})?{_SIGN_OF_HOURS})"), r"\1:\2"),
    (
        Pattern(r"^((?:by|at|before|until)\s+|)([01]\d|2[0-3])([0-5]\d)(?<!20[2-5]\d)(?=\s*(?:$|[,;，]|today|tomorrow))"),
        r"\1\2:\3",
    ),
    (Pattern(r"\bforty[- ]?five\b"), "45"),
    (Pattern(r"\b12\s?(?:noon|midday)\b"), "noon"),
    (Pattern(r"\b([ap])\.\s?m\b\.?"), r"\1m"),
    (Pattern(rf"\bnext week,?\s+(?:on\s+)?({any_of(WEEKDAYS)})(?![a-z])"), r"\1 next week"),
    (Pattern(r"^(?:by |at |before |until )?midnight(?=\s*$)"), "24:00"),
    (Pattern(r"\bbefore the weekend\b"), "周末前"),
    (Pattern(r"午[饭餐]之?前"), "中午前"),
    (Pattern(r"\b(?:the )?week after next\b"), "下下周"),
)
"""What is written in one way is read as if it were written in another."""

# -- what a text is matched with -------------------------------------------------------------------------------------

SIGNS = str.maketrans("０１２３４５６７８９：／－～．", "0123456789:/-~.")
_BY = (
    r"(?:no later than|(?:at the )?latest|max(?:imum)?|from|by|before|within|in|on|at|around|about|roughly|this|coming|of|the|um)"
    r"(?![a-z])|@|approx(?:\.|imately)?(?![a-z])"
)
_YUE = "还需要?|还要|大约|大概|约|差不多|最晚|最迟|最多|至多|不晚于|预计|争取|再过|过|在|于|~|≈"
_SO_LONG = rf"(?=\s*(?:{COUNT})\s*(?:{any_of(UNITS)})(?![a-z]))"
_MOVED = r"(?:改|推迟|延期|延后|顺延|挪)[到至为]|(?:moved|postponed|delayed|changed|extended?) (?:to|until)(?![a-z])|new eta:?"
LEAD = Pattern(
    rf"(?:{_BY}|(?:next\b|再等?|还有|还得|需?要|大概要){_SO_LONG}|(?:until|till|through|thru|for)(?![a-z])|{_YUE}|{_MOVED}|等到|直到|[到至])\s*"
)
LATEST = Pattern(
    r"(?:by|no later than|(?:at the )?(?:very )?latest|max(?:imum)?|within)(?![a-z])|最[晚迟多]|至多|不晚于|(?:之|以)?[前内]"
)
"""With a day it means its end, also where one waits until a day begins."""
INNER = Pattern(rf"(?:{_BY}|{_YUE})\s*")
AT = Pattern(
    r"(?:at(?![a-z])|@|在|于)|this(?=\s+(?:morning|afternoon|evening),?\s+(?:at\s+)?\d)"
    r"|(?P<about>(?:around|about)(?![a-z])|approx|大约|大概|约|~|≈)"
)
"""Before an hour, if it is followed by one."""
_MORE = r"(个?半(?![个月年])|\s+and\s+a\s+half(?![a-z]))?"
_UNIT = any_of({**UNITS, **SERVICE})
_LATE, _EARLY, _WITHIN = (
    "后(?![台端勤续备面段天来果半])",
    "前(?![台端置面任线缀几往半]|提(?:$|[是条下为\\s,，。]))",
    "内(?![存网部核容外置科线])",
)
SPAN = Pattern(
    rf"({COUNT}){_MORE}\s*({_UNIT})(?![a-z]|\d\d(?:\s|$)){_MORE}\s*(?:from now(?![a-z])|之后|以后|{_LATE}|之内|以内|{_WITHIN})?"
)
SPAN_OR_HOUR = Pattern(r"(?:(?!.*\b(?:in|within|for|takes?|about)\b)\D*(1[3-9]|2[0-3])|(?:at|@|um)\s*([01]?\d))\s?h\W*")
"""`17h`, `at 8h`: for some an hour of the day, as `17h30` is for all."""
HOUR = Pattern(r"(1[3-9]|2[0-3])\s?h(?![a-z\d])")
"""The same behind a day, of which it can only be an hour."""
AND = Pattern(rf"[\s,，、的和又]*(?:and\s+(?={SPAN.text}))?")
"""Between the parts of a length of time."""
_TO = r"\s*(?:-|–|—|~|～|至|到|to(?![a-z])|\.\.)\s*"
SPANS = Pattern(rf"(?:{COUNT}){_TO}({COUNT})\s*({any_of(UNITS)})(?![a-z])(?!(?<=[周期拜])[{WEEK_SIGNS}天])")
FULL = Pattern(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)(?:\s*[日号])?")
_DAY = rf"(\d{{1,2}}|{NUMERAL}|三十一?)"
_HOURLY = r"(?![\d:]|\s*(?:[点时]|[ap]m(?![a-z])))"
_IN_MONTH = rf"(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{any_of(MONTHS)})(?![a-z])"
DAYS_OF = Pattern(rf"(\d{{1,2}})(?:st|nd|rd|th)?{_TO}(\d{{1,2}}({_IN_MONTH}(?:,?\s+\d{{4}}(?!\d))?))")
"""`2-6 Nov`: the first day, the last with its month, and the month."""
SHORT = Pattern(
    rf"(?:(\d{{1,2}})\s*-\s*(\d{{1,2}})(?!\s*[日号]|{_IN_MONTH}){_HOURLY}|{_DAY}\s*月\s*{_DAY}{_HOURLY}(?:\s*[日号])?)"
)
DOTTED = Pattern(rf"(2[0-3]|[01]?\d)\.([0-5]\d)(?!\d|:|\.\d)(\s*[ap]m(?![a-z])|{_SIGN_OF_HOURS})?(?P<ended>(?=\.))?")
"""`10.45`: an hour, a date, or what may be both."""
_FOUR = r"(?:[01]\d|2[0-4])[0-5]\d"
HOURS = Pattern(
    rf"({_FOUR}|\d{{1,2}})({_TO})({_FOUR}|\d{{1,2}})(?!\d|[:/.]\d|\s*(?:[ap]m|{any_of(UNITS)})(?![a-z])|\s*[点时日号月]|{_IN_MONTH})"
    r"(?=$|[\s,，;；。)）])"
)
FOUR = Pattern(rf"([01]\d|2[0-4])([0-5]\d)(?<!20[2-5]\d)(?={_TO}|\s*(?:$|[,，;；。]))")
"""Right behind a day: hours in so few signs that they are a number elsewhere: `9-11`, `0900`."""
AMOUNT = Pattern(r"\d+\.\d(?![\d.])")
SLASHED = Pattern(r"(\d{1,2})([/.])(\d{1,2})(?![\d:])(?!\.\d)(?:\.(?=\s+(?:um\s+|at\s+)?\d))?")
YEARED = Pattern(r"(\d{1,2})([/.-])(\d{1,2})\2(20\d\d|(?<!-)2\d)(?![\d:])")
"""`27-11-2026`, `11/27/26`."""
_NOT_COUNTED = r"(?!\s+(?:half|quarter|line|level|floor|shift|batch|try|attempt|round|phase|stage|time|step|part)\b)"
OF_MONTH = Pattern(rf"(?P<next>下个?月)?(?:本月|这个?月)?(?:{_DAY}\s*[日号]|(\d{{1,2}})(?:st|nd|rd|th)(?![a-z]){_NOT_COUNTED})")
FEAST = Pattern(rf"({any_of(FEASTS)})(?![a-z])")
_MONTH, _ORDINAL = rf"({any_of(MONTHS)})\.?", r"(\d{1,2})(?:st|nd|rd|th)?(?![\d:])"
ENGLISH = Pattern(rf"(?:{_MONTH}\s+{_ORDINAL}|{_ORDINAL}\s+(?:of\s+)?{_MONTH}(?![a-z]))(?:,?\s+(\d{{4}})(?!\d))?")
HYPHENED = Pattern(rf"(\d{{1,2}})-?{_MONTH}(?![a-z])(?:-(\d{{4}}|2\d)(?!\d|-?\s*(?:{any_of(MONTHS)})))?")
"""`27-Nov`, `27-Nov-26`."""
WORD = Pattern(rf"({any_of(NAMED)})(?![a-z])")
ZHOU = Pattern(rf"(下{{0,2}}|[上本这])个?(?:周|星期|礼拜)([{WEEK_SIGNS}天]|[1-6](?!\d))")
WEEKDAY = Pattern(
    rf"((?:next|last)\s+)?({any_of(WEEKDAYS)})(?![a-z])(?:\.(?=\s*\d))?"
    r"(?:(\s+(?:of\s+)?next week)(?![a-z])|(\s+week)(?![a-z'’-]))?"
)
WHOLE_DAY = Pattern(r"[\s,，]*(?:一整天|整天|全天|一天|(?:all|the whole) day(?![a-z]))")
"""Behind a day; it says no more than the day."""
BARE_WEEKDAY = Pattern(rf"(?:(?:周|星期|礼拜)[{WEEK_SIGNS}天]|(?:{any_of(WEEKDAYS)})(?![a-z])(?!\s+(?:of\s+)?next week))")
OPENED, CLOSED = Pattern(r"\s*[(（]\s*"), Pattern(r"\s*[)）]")
"""Around a day that is named again: `10月29日（周四）`."""
_WHOLE_WEEK = rf"(?:周|星期|礼拜)(?![{WEEK_SIGNS}天1-6末初中])"
PERIOD = Pattern(
    rf"(?:(?P<weekend>(?P<later>下)?(?:个|[本这]个?)?周末(?!之?前)|weekend)"
    rf"|(?P<second>下下个?{_WHOLE_WEEK})|(?P<next>下个?{_WHOLE_WEEK}|(?:end of )?next week)"
    rf"|(?P<week>[本这]个?{_WHOLE_WEEK}内?|(?:end of (?:the )?)?week(?!\s+(?:after|from|on|before))|eow|周末(?=之?前))"
    r"|(?P<year>年底|年末|end of (?:the )?year|eoy)|(?P<month>下个?月[底末]|end of next month)"
    r"|本?月[底末]|end of (?:the )?month|eom)(?![a-z])"
)
PART = Pattern(rf"({any_of({part: PARTS[part] for part in PARTS if part not in SHORT_PARTS})})(?![a-z])")
PART_OF_HOUR = Pattern(rf"([早晚])(?=\s*(?:\d{{1,2}}|{NUMERAL})\s*(?:[点时:]|o'?clock))")
"""`晚9点`, without a day."""
SHORT_PART = Pattern(r"\s*([ap]m(?![a-z])|[早晚](?![点些于到了会就已一班]))")
_OF_DAY = rf"end of(?=\s+(?:{any_of({**WEEKDAYS, **NAMED})})(?![a-z]))"
END = Pattern(rf"(?:下班|收工|(?:eod|cob|eob|end of (?:the )?(?:business )?day|close of business|{_OF_DAY})(?![a-z]))")
WORKDAY = Pattern(r"(?:下一?个工作日|(?:the )?next (?:working|business) day(?![a-z]))")
ENDING = Pattern(r"end of(?![a-z])")
START = Pattern(r"(?:一?上班|(?:first thing|start of (?:(?:the )?(?:business )?day|business)|sob|sod)(?![a-z]))")
_ALONE = r"(?=\s*(?:$|in the |at night|today|tonight|tomorrow|on [a-z]))"
_HOUR = r"\s*(?:点(?!击)|时(?![间段候]))"
_COUNTED = "台个人位张条块只次件份套部名楼号期线层区栋路组班级批月天周年小"
_LONE = r"(?=\s*(?:分(?!钟)|$|[,，;；:：、。.!！?？)）~～-])|[前后之以左到至])"
_MINUTES = (
    rf"(半(?![小个天数])|一刻|三刻|\d\d(?![\d{_COUNTED}])|(?:[二三四五]?十[一二三四五六七八九]|[二三四五]十|零[一二三四五六七八九])(?![{_COUNTED}])"
    rf"|(?:\d|{NUMERAL}){_LONE})"
)
"""Behind an hour; a lone numeral may well count what follows it: `3点一线同事处理`."""
CLOCK = Pattern(
    rf"(\d{{1,2}}|(?:{NUMERAL})(?={_HOUR}))"
    rf"(?:[:h](\d{{2}})(?::\d\d)?(?!\d)(?:{_SIGN_OF_HOURS}|分(?!钟))?"
    rf"|{_HOUR}(?:(?:\s+(?=半|[一三]刻|(?:\d{{1,2}}|{NUMERAL})\s*分))?{_MINUTES}(?:\s*分(?![钟机]))?|[钟整])?"
    rf"|\s*(?:o'?clock|uhr)(?![a-z])|(?=\s*[ap]m\b)|(?={_TO}\d{{1,2}}(?:{_HOUR}|:|\s*[ap]m))|{_ALONE})"
)
AT_HOUR = Pattern(r"(\d{1,2})(?=\s*[,，;；。])()()")
"""What CLOCK reads, in fewer signs: behind `at` a bare number is an hour."""
HALF = Pattern(r"\s*([ap])m\b")
HALF_OF_BOTH = Pattern(rf"{_TO}(?P<hour>\d{{1,2}})(?::\d\d)?\s*(?P<half>[ap])m\b")
"""In `3-4pm`, behind the 3."""
PART_AFTER = Pattern(r"\s*(?:in the|at)\s+(morning|afternoon|evening|night)(?![a-z])")
OFFSET = Pattern(
    r"\s*(?:(?:UTC|GMT)\s*([+-])(\d{1,2})(?::?(\d{2}))?(?!\d)|(\+)(\d{2}):(\d{2})(?!\d)|(?:UTC|GMT)(?![a-z]))|Z(?![a-z])"
)
OF_BEIJING = Pattern(r"\s*(?:北京时间|(?:Beijing|China) time(?![a-z]))")
_LETTERS = (
    "UTC|GMT|CST|EST|PST|MST|CDT|EDT|PDT|MDT|AKST|HST|ET|CT|MT|PT|CET|CEST|EET|EEST|MET|WET|WEST|BST|IST|MSK|TRT|GST|PKT"
    "|ICT|WIB|HKT|SGT|PHT|MYT|KST|JST|AEST|AEDT|ACST|AWST|NZST|NZDT|BRT|ART|SAST|EAT|WAT|CAT"
)
_SMALL = "utc|gmt|cst|est|pst|mst|cdt|edt|pdt|mdt|cet|cest|eet|jst|kst|bst"
_NO_OTHER = (
    "Next|Last|This|First|Some|Same|No|Lead|Down|Up|Run|Response|Repair|Waiting|Delivery|Shipping|Transit|Travel|Set"
    "|Lunch|Dinner|Break|Peak|Office|Working|Business"
)
_PLACE = f"(?!{_NO_OTHER})[A-Z][a-z]+(?: [A-Z][a-z]+)?|UK|US|USA|EU|UAE|HK"
_OWNER = "[Ll]ocal|[Mm]y|[Oo]ur|[Yy]our|[Tt]heir|[Hh]is|[Hh]er"
_NO_PLACE = "需要等花留没有无缺费预些段点停修理工营业维护机"
_OF_AMERICA = r"(?i:eastern|central|mountain|pacific)(?=\s*(?:$|[,，;；:：.。)）]))"
_ITS_TIME = rf"{_OF_AMERICA}|(?:{_PLACE}|{_OWNER}) time\b|(?:(?![{_NO_PLACE}])[\u4e00-\u9fff]){{2,4}}时间(?![\u4e00-\u9fff])"
OF_ZONE = Pattern(rf"\s*[(（]?\s*(?:(?:{_LETTERS}|{_SMALL})\b|{_ITS_TIME})(?P<ended>\s*(?:$|[,，;；:：.。)）]))?", re.ASCII)
"""Other zones, by their letters, of which many mean more than one (CST, IST, BST), or by a place."""

LATER = Pattern(rf"\s*(?:之后|以后|{_LATE})")
EARLIER = Pattern(rf"\s*(?:之前|以前|{_EARLY})")
BEHIND = Pattern(r"after(?![a-z])\s*(?:the(?![a-z])\s*)?")
_QUANTITY = r"\d+(?:\.\d+)?(?:[°℃%]|(?!(?:[ap]m|h|hrs?|m|mins?|d|w|uhr|st|nd|rd|th)(?![a-z]))[a-z])"
UP_TO = Pattern(rf"{_TO}(?!{_QUANTITY})\d|\s*or\s+(?:{COUNT})(?![a-z])")
UNTIL = Pattern(rf"(?:{_TO}|\s*(?:until|till|bis|through|thru|up to|直到|一直到)(?![a-z])\s*)")
OR = Pattern(rf"\s*(?:(?:or|and|until|till)(?![a-z])|或者?|还是|和|与|及|[/&])\s*|{_TO}")
BARE_DAY = Pattern(r"^(\d{1,2})(?=\s*$)")
_APPROX = (
    r"(?:(?:or so|at (?:the )?(?:very )?latest)(?![a-z])"
    r"|(?:sharp|max|latest|roughly|more or less|give or take|approx(?:imately|\.(?=\s*$)|))(?=\s*(?:$|[,，;；:：]|\.(?:\s|$))))"
)
AFTER = Pattern(
    rf"(?:\s*(?:之前|以前|(?:左右|上下|前后|差不多(?=吧|[\s,，;；。!！~～]|$))吧?|[吧哈哦啊](?=[\s,，;；。!！~～]|$)|之内|以内|{_WITHIN}|前(?=[\s,，;；。]|$)|{_APPROX})|{_EARLY})?"
    r"(?:[\s,，;；:：、。]|\.(?!\.))*"
)
SIGNS_BETWEEN = (",", "，", ";", "；", ":", "：", "。", ".")
DASH = Pattern(r"\s*(?:(?:[-–—]+(?!\d)|[！…]+|!+(?=\s|$))\s*)*")
"""In front of a reason; before a number a dash may be its sign."""
GLUE = Pattern(r"[\s,，、的和]*(?:T(?=\d))?")
REASON = Pattern(r"(?:['’]s(?![a-z]))?[\s,，、的]*")
"""Between a time and a reason, which may begin with 和."""
_AT_HOUR = rf"(?:\d{{1,2}}|{NUMERAL})(?:{_HOUR}|:\d|\s*[ap]m(?![a-z])|\s*o'?clock(?![a-z]))"
_ONE_OR = rf"(?:(?:\d{{1,2}}|{NUMERAL})\s*(?:[、,，~/]|or(?![a-z]))?\s*)?"
_IN_CHINESE = (
    rf"以上|开外|有余|不到|多(?=$|[\s,，点钟])|之后|以后|{_LATE}"
    r"|凌晨|清晨|傍晚|深夜|半夜|午[饭休夜前后间]|夜(?!班)|[早晚](?![班就已])|[初末底中旬](?=$|[\s,，段旬])"
    rf"|[前后]半|差(?=\d|一刻|{NUMERAL})|[或和]?[{WEEK_SIGNS}]{{1,3}}(?=$|[\s,，前])|[\u4e00-\u9fff]{{1,8}}[前后](?=$|[\s,，。])"
    r"|半个?[月年]|两头(?=$|[\s,，。])|(?:在|于)?(?:这个|同一个?|同样的?|相同的?)(?:时候|时间|时刻|钟点)|此[时刻]|[\u4e00-\u9fff]{0,2}不(?:定|了|行|好|完|成|及|上|可能|一定|确定)"
)
_IN_WORDS = rf"(?:at|around|about)\s+(?:\d|{'|'.join(SPELLED)}|noon|half|quarter)|(?:half|quarter) (?:past|to)|\d{{1,2}}ish"
_DAYS_ON = any_of({**WEEKDAYS, **NAMED, **MONTHS, "now": 0, "next": 0})
_IN_ENGLISH = (
    rf"{_IN_WORDS}|[ap]m|after|before|plus|later|(?:12\s*)?midnight|earlier|earliest|lunch(?:time)?|the (?:week|month|day)"
    r"|fortnight|week(?=\s*(?:$|[,.;]))|(?:is |was )?(?:not|impossible|unlikely)|(?:the )?(?:1st|2nd|first|second|other) half"
    r"|next(?=\s*(?:$|[,.;]))|(?:at\s+)?(?:the\s+)?(?:same|this) time|at (?:the )?(?:very )?(?:earliest|least)"
    r"|(?:or|and) (?:more|less|longer|earlier|sooner|after|before|up)"
    rf"|(?:from|on|of|past)\s+(?:the\s+)?(?:{_DAYS_ON})|(?:late|early)(?=\s*(?:$|[,.;]|morning|afternoon|evening|night))"
)
COUNTED_OFF = r"\d{1,2}(?:st|nd|rd|th|号)"
TOLD = Pattern(r"(?:after|before)\s+|lunch(?:time)?(?:\s+time)?(?![a-z])\s*")
MAYBE = Pattern(
    rf"(?:[,，]\s*(?=(?:[a-z]{{3}}|(?:this )?(?:{any_of(PARTS)})|{COUNTED_OFF})\s*$)"
    rf"|(?:(?<=\d)|(?<=[ap]m)|(?<=eod)|(?<=cob))\s+(?={COUNTED_OFF}\s*$))"
)
"""Behind a comma, and in front of other words, these may begin a reason: `EOD, 3rd party`, `16:30, sun jdk`, `周五，下午再看`."""
MORE = Pattern(rf"[(（]?(?:{_ONE_OR}{_AT_HOUR}|{_IN_CHINESE}|(?:{_IN_ENGLISH})(?![a-z])|\+|-?ish(?![a-z])|[/@]\s*\d)")
"""What belongs to the time in front of it, and changes it, unless a sign like a comma stands between."""
NUMBERS = Pattern(r"\d(?:[\d\s:.,/~–-]|[点时分月日号])*$")
"""Nothing but numbers: no reason."""
OPENING = Pattern(rf"\d{{1,2}}(?:{_TO}\d{{1,2}}(?=[\s,，;；。])|(?=\s*[,，;；。]))")
"""A number or two from which a reason does not begin: `2-4 vendor visit`, `10, parts`."""
ONWARDS = Pattern(r"起(?![动草码诉源因火名用飞床])|开始|(?:onwards?|(?:and|or) later)(?![a-z])")
FROM = Pattern(r"from(?![a-z])(?!\s*now(?![a-z]))")
AGO = Pattern(rf"({COUNT}){_MORE}\s*({any_of(UNITS)}){_MORE}\s*(?:之前|以前|{_EARLY}|ago\b)")
