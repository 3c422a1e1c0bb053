#!/usr/bin/env python3
"""Verifies an export of the access log, as docs/log.md has it, and shares no code with the hub. Takes Python 3.11 with cryptography.

verify.py FOLDER --policy POLICY [--known CHECKPOINT ...] [--retention-years 5]
Prints a fault a line. Exit code: 0 the log stands, 1 it does not, 2 it could not be verified."""
import argparse, base64, datetime, glob, hashlib, json, os, re, sys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
try: from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
except ImportError: MLDSA44PublicKey = None

PLACES, CLOCKS, YEAR_10000 = 65536, 600, 253402300800

def sha256(data): return hashlib.sha256(data).digest()
def b64(text): return base64.b64decode(text, validate=True)
def node(left, right): return sha256(b"\x01" + left + right)

def signed_at(key, text, data):
    """The time that a signature states, 0 if it states none that counts, None if it does not verify (C2SP tlog-cosignature)."""
    name, _, material, kind = key
    at, counted = int.from_bytes(data[:8], "big"), lambda each: bytes([len(each.encode())]) + each.encode()
    origin, size, root = text.decode().split("\n")[:3]
    message = text if kind == 1 else b"cosignature/v1\ntime %d\n" % at + text if kind == 4 else b"".join([
        b"subtree/v1\n\0", counted(name), data[:8], counted(origin), bytes(8), int(size).to_bytes(8, "big"), b64(root)])
    public = (MLDSA44PublicKey if kind == 6 else Ed25519PublicKey).from_public_bytes(material)
    try: public.verify(data if kind == 1 else data[8:], message)
    except InvalidSignature: return None
    return 0 if kind == 1 else None if at >= 1 << 63 else at if at < YEAR_10000 else 0

class Policy:
    """C2SP tlog-policy."""
    def __init__(self, text):
        self.logs, self.witnesses, self.rules, self.quorum = [], [], {}, None
        for line in text.splitlines():
            word, *rest = line.split() or ["#"]
            if word == "log": self.logs.append(self.key(rest[0], (1, 4, 6)))
            elif word == "witness":
                self.witnesses.append((rest[0], self.key(rest[1], (4, 6))))
                self.rules[rest[0]] = lambda names, own=rest[0]: own in names
            elif word == "group":
                members = [self.rules[member] for member in rest[2:]]
                need = {"all": len(members), "any": 1}.get(rest[1]) or int(rest[1])
                self.rules[rest[0]] = lambda names, m=members, n=need: sum(rule(names) for rule in m) >= n
            elif word == "quorum": self.quorum = None if rest[0] == "none" else self.rules[rest[0]]
            elif not word.startswith("#"): raise ValueError("a line of the policy is none: " + line)

    @staticmethod
    def key(text, kinds):
        name, key_id, encoded = text.split("+", 2)
        key = b64(encoded)
        if key[0] not in kinds or sha256(name.encode() + b"\n" + key)[:4].hex() != key_id: raise ValueError("no key: " + text)
        if key[0] == 6 and not MLDSA44PublicKey: print(name + " signs by ML-DSA-44: it does not count here", file=sys.stderr)
        return name, bytes.fromhex(key_id), key[1:], key[0]

class Checkpoint:
    """C2SP tlog-checkpoint with C2SP tlog-cosignature, judged by a policy."""
    def __init__(self, note, policy):
        body, signatures = note.rsplit("\n\n", 1)
        self.origin, size, root = body.split("\n")[:3]
        self.size, self.root, self.seen, names = int(size), b64(root), None, set()
        lines = [(name, b64(data)) for _, name, data in (line.split(" ") for line in signatures.split("\n")[:-1])]
        times = lambda key: [] if key[3] == 6 and not MLDSA44PublicKey else [
            signed_at(key, (body + "\n").encode(), data[4:]) for name, data in lines if (name, data[:4]) == key[:2]]
        broken = any(None in times(key) for key in policy.logs + [key for _, key in policy.witnesses])
        self.signed = not broken and any(key[0] == self.origin and times(key) for key in policy.logs)
        for at, name in [] if broken else sorted((at, name) for name, key in policy.witnesses for at in times(key) if at):
            names.add(name)
            if policy.quorum and self.signed and self.seen is None and policy.quorum(names): self.seen = at
        self.quorum = broken or policy.quorum is None or policy.quorum(names)

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
    return (date.replace(day=1, year=date.year + years) + datetime.timedelta(days=date.day - 1)).timestamp()

def verify(folder, policy, known, years):
    text = lambda name: open(os.path.join(folder, name), encoding="utf-8", newline="\n").read()
    lines = lambda name: (leaf_of(line.rstrip("\n")) for line in open(os.path.join(folder, name), encoding="utf-8", newline="\n"))
    manifest = json.loads(text("manifest.json"))
    if manifest["format"] != 2: raise ValueError("not of format 2")
    faults = [] if sha256(text("dictionaries.json").encode()) == b64(manifest["dictionaries"]) else ["OTHER_DICTIONARIES"]
    now = Checkpoint(text("checkpoint"), policy)
    faults += [fault for fault, stands in (("NOT_SIGNED", now.signed), ("NO_QUORUM", now.quorum)) if not stands]
    earlier = [Checkpoint(open(name, encoding="utf-8").read(), policy) for name in glob.glob(os.path.join(folder, "checkpoints", "*"))]
    kept, tiles = [Checkpoint(open(name, encoding="utf-8").read(), policy) for name in known], Tiles(folder, now.size)
    if not all(each.signed for each in kept): raise ValueError("a checkpoint that was kept is not the log's")
    if tiles.root(now.size) != now.root: return faults + ["OTHER_TREE"]
    for each in earlier + kept:
        if each.signed and each.size > now.size: faults.append("SHORTER")
        elif each.signed and tiles.root(each.size) != each.root: faults.append("NOT_CONSISTENT 0 %d" % each.size)
    rows, first, until = lines("entries.jsonl"), manifest["from"], manifest["until"]
    row, at, trees, gaps, ids = next(rows, None), first, [], [], set()
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
    if first == 0 and until == now.size and fold(trees) != now.root: faults.append("OTHER_TREE")
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
    arguments.add_argument("--known", nargs="*", default=[]), arguments.add_argument("--retention-years", type=int, default=5)
    given = arguments.parse_args()
    try:
        told = verify(given.folder, Policy(open(given.policy, encoding="utf-8").read()), given.known, given.retention_years)
    except (OSError, ValueError, KeyError, IndexError) as fault:
        sys.exit(print("cannot be verified: %s" % fault, file=sys.stderr) or 2)
    sys.exit(print("\n".join(told) or "The log stands.") or bool(told))
