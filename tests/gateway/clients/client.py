"""Talks to a running service with Python's standard library alone: client.py PORT KEY_LINE_FILE."""
import hashlib
import hmac
import http.client
import json
import sys
import time

port = int(sys.argv[1])
key, scheme, secret = open(sys.argv[2], encoding="ascii").read().split()
assert scheme == "hmac-sha256"
connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
counter = 0


def ask(method, target, body=None, signed=True):
    global counter
    counter += 1
    content = b"" if body is None else json.dumps(body).encode()
    headers = {}
    if signed:
        stamp = str(int(time.time() * 1000))
        lines = [key, stamp, "", str(counter), method, target, hashlib.sha256(content).hexdigest()]
        sign = hmac.new(bytes.fromhex(secret), "\n".join(lines).encode(), hashlib.sha256).hexdigest()
        headers = {"PLIM-API-KEY": key, "PLIM-TIMESTAMP": stamp, "PLIM-NONCE": str(counter), "PLIM-SIGN": sign}
    connection.request(method, target, body=content or None, headers=headers)
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


status, answer = ask("GET", "/v1/venue", signed=False)
assert (status, answer["code"]) == (401, "SIGNATURE_MISSING"), answer
status, answer = ask("POST", "/v1/commands", {"command": "open-account"})
assert status == 200, answer
account = answer["made"]
status, answer = ask("POST", "/v1/commands", {"command": "deposit", "account": account, "asset": "USDT", "amount": "12.5"})
assert status == 200, answer
status, answer = ask("GET", "/v1/accounts/" + account + "?min_seq=" + str(answer["seq"]))
assert status == 200 and answer["balances"] == [{"asset": "USDT", "amount": "12.5"}], answer
status, answer = ask("POST", "/v1/commands", {"command": "withdraw", "account": account, "asset": "USDT", "amount": "12.51"})
assert status == 422 and answer["code"] == "BALANCE_INSUFFICIENT" and answer["reply"]["reject"]["largest_amount"] == "12.5", answer
print("python: fine")
