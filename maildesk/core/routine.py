"""Lines of which every word is of the trade: "Password reset.", "已重启服务器", "Error 0x80070005 access denied".

Who says so says nothing of anybody, of whose fault it was, or of what is to be kept from whom: there is no word for that in here.
So a line is routine only when all of it is; a name, a person, a `not`, any other word, and it may be a confidence.
"""

import re
from unicodedata import normalize

LONGEST = 120
"""Letters of a line."""

_TRADE = """
a again all an and are at back been for from has have in is it now of ok okay on the to up was were with
activated available checked checking cleaned completed configured connected created done enabled extended finished fixed
installed normal normally online reconnected recovered reinstalled renewed repaired replaced reset resolved restart restarted
restored reboot rebooted running scheduled solved stable started successfully synced tested unlocked update updated upgraded
waiting work working works
access account application app backup battery browser cable cache cartridge certificate computer connection database delivery
denied disk dock drive driver drivers e-mail email error feedback file files firewall folder internet keyboard laptop
licence license login mail mailbox message monitor mouse network notebook office outlook page paper parts password patch pc
phone port printer printers profile program reply router scanner screen server servers service services session software
supplier switch system systems teams test timeout today tomorrow toner vendor wifi windows
bios cpu crm dhcp dns erp hdd hdmi ip lan mfa nas oa os pdf ram rdp sap sql ssd ssh sso ups usb vm vpn wlan
"""
_ENGLISH = frozenset(_TRADE.split())
_CHINESE = re.compile(
    "(?:"
    "账号|账户|帐号|邮箱|邮件|密码|服务器|服务|系统|网络|无线|打印机|扫描仪|电脑|笔记本|主机|显示器|键盘|鼠标|电话|电池|驱动|软件|程序"
    "|浏览器|缓存|数据库|备份|文件夹|文件|共享|磁盘|硬盘|证书|许可|路由器|交换机|防火墙|网线|端口|墨盒|硒鼓|权限|会话|报错|错误|补丁"
    "|备件|供应商|厂家|回复|答复|到货|重新|重启|重装|重置|更新|升级|安装|更换|修好|修复|恢复|解锁|解决|处理|完成|配置|设置|开通|开启"
    "|清理|检查|测试|连接|同步|登录|正常|可用|在线|稳定|运行|使用|可以|上门|等待|等|成功|已经|已|都|现在|目前|今天|明天|上午"
    "|下午|正在|收到|稍等|稍后|好|了|的"
    ")++"
)
_CODE = re.compile(r"0x[0-9a-f]+|[a-z]{2,4}-?\d{3,7}|\d{1,5}", re.IGNORECASE)
_WORD = re.compile(r"[\u2e80-\uffef]+|[^\W\u2e80-\uffef]+(?:-[^\W\u2e80-\uffef]+)*")


def routine(line: str) -> bool:
    """Whether a line, or each of some sentences, says nothing but how things of the trade stand."""
    plain = normalize("NFKC", line)
    words = _WORD.findall(plain) if len(plain) <= LONGEST else []
    return bool(words) and all(map(_of_the_trade, words))


def _of_the_trade(word: str) -> bool:
    if word[0] >= "\u2e80":
        return _CHINESE.fullmatch(word) is not None
    return word.casefold() in _ENGLISH or _CODE.fullmatch(word) is not None
