#!/usr/bin/env python3
"""Verifies an export of the access log, as docs/log.md has it, and shares no code with the hub. Takes Python 3.11 with cryptography.

verify.py FOLDER --policy POLICY [--known CHECKPOINT ...] [--retention-years 5]
Prints a fault a line. Exit code: 0 the log stands, 1 it does not, 2 it could not be verified."""
import argparse, base64, datetime, glob, hashlib, json, os, re, sys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PLACES, CLOCKS = 65536, 600

def sha256(data): return hashlib.sha256(data).digest()
def b64(text): return base64.b64decode(text, validate=True)
def node(left, right): return sha256(b"\x01" + left + right)

def signed(key, text, signature):
    try: return Ed25519PublicKey.from_public_bytes(key).verify(signature, text) is None
    except InvalidSignature: return False

class Policy:
    """C2SP tlog-policy."""
    def __init__(self, text):
        self.logs, self.witnesses, self.rules, self.quorum = [], [], {}, None
        for line in text.splitlines():
            word, *rest = line.split() or ["#"]
            if word == "log": self.logs.append(self.key(rest[0], 1))
            elif word == "witness":
                self.witnesses.append((rest[0], self.key(rest[1], 4)))
                self.rules[rest[0]] = lambda names, own=rest[0]: own in names
            elif word == "group":
                members = [self.rules[member] for member in rest[2:]]
                need = {"all": len(members), "any": 1}.get(rest[1]) or int(rest[1])
                self.rules[rest[0]] = lambda names, m=members, n=need: sum(rule(names) for rule in m) >= n
            elif word == "quorum": self.quorum = None if rest[0] == "none" else self.rules[rest[0]]
            elif not word.startswith("#"): raise ValueError("a line of the policy is none: " + line)

    @staticmethod
    def key(text, kind):
        name, key_id, encoded = text.split("+", 2)
        key = b64(encoded)
        if key[0] != kind or sha256(name.encode() + b"\n" + key)[:4].hex() != key_id: raise ValueError("no key: " + text)
        return name, bytes.fromhex(key_id), key[1:]

class Checkpoint:
    """C2SP tlog-checkpoint with C2SP tlog-cosignature, judged by a policy."""
    def __init__(self, note, policy):
        body, signatures = note.split("\n\n", 1)
        text = (body + "\n").encode()
        self.origin, size, root = body.split("\n")[:3]
        self.size, self.root, self.signed, self.seen = int(size), b64(root), False, None
        lines = [(name, b64(data)) for _, name, data in (line.split(" ") for line in signatures.splitlines())]
        has = lambda key: [data[4:] for name, data in lines if (name, data[:4]) == key[:2]]
        self.signed = any(key[0] == self.origin and signed(key[2], text, data) for key in policy.logs for data in has(key))
        times_of = sorted(
            (int.from_bytes(data[:8], "big"), name) for name, key in policy.witnesses for data in has(key)
            if signed(key[2], b"cosignature/v1\ntime %d\n" % int.from_bytes(data[:8], "big") + text, data[8:]))
        names = set()
        for at, name in times_of:
            names.add(name)
            if policy.quorum and self.signed and self.seen is None and policy.quorum(names): self.seen = at
        self.quorum = policy.quorum is None or policy.quorum(names)

def perfect(hashes):
    while len(hashes) > 1: hashes = [node(hashes[n], hashes[n + 1]) for n in range(0, len(hashes), 2)]
    return hashes[0]

def fold(trees):
    root = trees.pop() if trees else sha256(b"")
    while trees: root = node(trees.pop(), root)
    return root

class Tiles:
    """C2SP tlog-tiles, each full one verified by the one above it."""
    def __init__(self, folder, size): self.folder, self.size, self.known = folder, size, {}

    def tile(self, level, index):
        if (level, index) in self.known: return self.known[level, index]
        width = min(256, (self.size >> 8 * level) - index * 256)
        groups = re.findall("...", "%0*d" % (-(-len(str(index)) // 3) * 3, index))
        path = "/".join(["tile", str(level)] + ["x" + group for group in groups[:-1]] + groups[-1:])
        with open(os.path.join(self.folder, path + (".p/%d" % width if width < 256 else "")), "rb") as file: data = file.read()
        hashes = [data[n:n + 32] for n in range(0, len(data), 32)]
        if width == 256 and self.size >> 8 * (level + 1) > index:
            above = self.tile(level + 1, index // 256)
            if above is None or perfect(hashes) != above[index % 256]: hashes = None
        self.known[level, index] = hashes
        return hashes

    def root(self, size):
        trees, level = [], 0
        while size >> 8 * level:
            count, found = size >> 8 * level, []
            hashes = (self.tile(level, count // 256) or [b""] * 256)[:count % 256] if count % 256 else []
            for bit in range(7, -1, -1):
                if len(hashes) >= 1 << bit: found, hashes = found + [perfect(hashes[:1 << bit])], hashes[1 << bit:]
            trees, level = found + trees, level + 1
        return fold(trees)

def leaf_of(line):
    """A line of an export: the leaf's hash (None if it can be none), header, number of parts, the parts that are gone."""
    read = json.loads(line)
    if "leaf" in read: return read["index"], sha256(b"\0" + b64(read["leaf"])), None, (len(b64(read["leaf"])) - 37) // 32, []
    salts, hashes, gone, at = b64(read["salts"]), [], [], line.index(',"header":') + 10
    _, end = json.JSONDecoder().raw_decode(line, at)
    header, at = line[at:end], end + 10
    if line[end:at] != ',"parts":[': raise ValueError("a line is no row")
    for number, part in enumerate(read["parts"], 1):
        _, end = json.JSONDecoder().raw_decode(line, at)
        if isinstance(part, str): hashes, gone = hashes + [b64(part)], gone + [number]
        else: hashes.append(sha256(salts[16 * number:16 * number + 16] + number.to_bytes(4, "big") + line[at:end].encode()))
        at = end + 1
    whole = len(salts) == 16 * len(hashes) + 16 and all(len(each) == 32 for each in hashes)
    content = b"\2" + sha256(salts[:16] + header.encode()) + len(hashes).to_bytes(4, "big") + b"".join(hashes)
    return read["index"], sha256(b"\0" + content) if whole else None, read["header"], len(hashes), gone

def seconds(text): return datetime.datetime.fromisoformat(text).timestamp()
def years_after(at, years):
    date = datetime.datetime.fromtimestamp(at, datetime.timezone.utc)
    leap = date.month == 2 and date.day == 29
    return (date.replace(day=28).replace(year=date.year + years) + datetime.timedelta(days=leap)).timestamp()

def verify(folder, policy, known, years):
    faults = []
    text = lambda name: open(os.path.join(folder, name), encoding="utf-8", newline="\n").read()
    lines = lambda name: (leaf_of(line.rstrip("\n")) for line in open(os.path.join(folder, name), encoding="utf-8", newline="\n"))
    manifest = json.loads(text("manifest.json"))
    if manifest["format"] != 2: raise ValueError("not of format 2")
    if base64.b64encode(sha256(text("dictionaries.json").encode())).decode() != manifest["dictionaries"]:
        faults.append("OTHER_DICTIONARIES")
    now = Checkpoint(text("checkpoint"), policy)
    faults += [] if now.signed else ["NOT_SIGNED"]
    faults += [] if now.quorum else ["NO_QUORUM"]
    earlier = [Checkpoint(open(name, encoding="utf-8").read(), policy) for name in glob.glob(os.path.join(folder, "checkpoints", "*"))]
    kept, tiles = [Checkpoint(open(name, encoding="utf-8").read(), policy) for name in known], Tiles(folder, now.size)
    if not all(each.signed for each in kept): raise ValueError("a checkpoint that was kept is not the log's")
    if tiles.root(now.size) != now.root: return faults + ["OTHER_TREE"]
    for each in earlier + kept:
        if each.signed and each.size > now.size: faults.append("SHORTER")
        elif each.signed and tiles.root(each.size) != each.root: faults.append("NOT_CONSISTENT 0 %d" % each.size)
    first, until = manifest["from"], manifest["until"]
    at, trees, gaps, ids = first, [], [], set()
    rows = lines("entries.jsonl")
    row = next(rows, None)
    while at < until:
        if row is None or row[0] < at: raise ValueError("the rows are not in order, or end before their end")
        index, found, header, _, gone = row if row[0] == at else (at, None, None, 0, [])
        tile = tiles.tile(0, at // 256)
        sealed = tile[at % 256] if tile else None
        if found is None and header is None: found = sealed
        tree, rest = found or bytes(32), at - first
        while rest & 1: tree, rest = node(trees.pop(), tree), rest >> 1
        trees.append(tree)
        if tile is None: faults.append("OTHER_TREE %d" % (at // 256))
        elif found != sealed: faults.append("CHANGED %d %d" % (at, at + 1))
        elif header and header["id"] in ids: faults.append("TWICE %d %d" % (at, at + 1))
        if header is None:
            if gaps and gaps[-1][2] is None and gaps[-1][1] == at * PLACES: gaps[-1][1] += PLACES
            else: gaps.append([at * PLACES, (at + 1) * PLACES, None])
        elif found == sealed:
            ids.add(header["id"])
            if gaps and gaps[-1][2] is None: gaps[-1][2] = seconds(header["at"])
            gaps += [[at * PLACES + part, at * PLACES + part + 1, seconds(header["at"])] for part in gone]
        row, at = next(rows, None) if row[0] == at else row, at + 1
    root = fold(trees)
    if first == 0 and until == now.size and root != now.root: faults.append("OTHER_TREE")
    stretches, seen = [], [each for each in [now] + earlier if each.seen is not None]
    for index, found, header, _, _ in lines("erasures.jsonl") if gaps else []:
        tile = tiles.tile(0, index // 256)
        if not header or header.get("name") != "eraseEntries": continue
        if tile is None or tile[index % 256] != found: faults.append("CHANGED %d %d" % (index, index + 1))
        else: stretches += [(int(a), int(b), index, header) for a, b in re.findall(r"\[(\d+),(\d+)\)", header.get("erased_parts", ""))]
    when = lambda size: min((each.seen for each in seen if each.size >= size), default=None)
    for start, end, next_at in gaps:
        cuts = sorted({start, end, *(cut for a, b, _, _ in stretches for cut in (a, b) if start < cut < end)})
        for a, b in zip(cuts, cuts[1:]):
            told = [judge(each, b, next_at, when, policy, years) for each in stretches if each[0] <= a and b <= each[1]]
            if None not in told: faults.append("%s %d %d" % (told[0] if told else "MISSING", a // PLACES, -(-b // PLACES)))
    return faults + ["NEVER_SEALED" for _ in lines("unsealed.jsonl")]

def judge(stretch, end, next_at, when, policy, years):
    _, _, index, told = stretch
    ground, confirmer = told.get("ground", "").strip(), told.get("confirmed_by", "").strip()
    if told["kind"] != "CHANGE" or index * PLACES < end or not ground or not confirmer or told["confirmed_by"] == told["caller"]:
        return "ERASED_UNCONFIRMED"
    written, erased = when(-(-end // PLACES)) if policy.quorum else next_at, seconds(told["at"])
    if written is None or years_after(written, years) > erased: return "ERASED_EARLY"
    seen = when(index + 1)
    return "ERASED_EARLY" if policy.quorum and (seen is None or erased > seen + CLOCKS) else None

if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder"), arguments.add_argument("--policy", required=True)
    arguments.add_argument("--known", nargs="*", default=[])
    arguments.add_argument("--retention-years", type=int, default=5)
    given = arguments.parse_args()
    try:
        told = verify(given.folder, Policy(open(given.policy, encoding="utf-8").read()), given.known, given.retention_years)
    except (OSError, ValueError, KeyError, IndexError) as fault:
        sys.exit(print("cannot be verified: %s" % fault, file=sys.stderr) or 2)
    sys.exit(print("\n".join(told) or "The log stands.") or bool(told))
