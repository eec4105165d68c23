#!/usr/bin/env python3
"""Adds up what the suites have printed of themselves, from the logs that tools/test.py keeps: tools/counts.py FOLDER"""
import pathlib
import re
import sys

logs = sorted(pathlib.Path(sys.argv[1]).glob("*.log"))
lines = [line for log in logs for line in log.read_text(errors="replace").splitlines()]


def of(pattern):
    """The numbers of every line that begins like this."""
    found = (re.match(pattern, line) for line in lines)
    return [[int(number) for number in match.groups()] for match in found if match]


def total(numbers, column=0):
    return sum(row[column] for row in numbers)


states = of(r"explored (\d+) states")
mutations = of(r"\w+: \w+ after (\d+) states")
starts = of(r"(\d+) starts came to rest")
killed = of(r"killed at (\d+) places of (\d+) writes: no mail twice, the same end; \d+ not reached, (\d+) mails")
ways = of(r"\w+: (\d+) ways to fail, (\d+) as they should be")
inputs = of(r"fuzz \w+: (\d+) inputs of the corpus and (\d+)")
versions = of(r"kstatus: (\d+) versions")
exchanges = of(r"by the description of Graph: (\d+) requests and (\d+) answers valid")
soak = [line for line in lines if line.startswith("soak: ")]

print(f"model: {total(states)} states, none with a second mail, a lost guest or one left behind; {len(mutations)} mutations, each found")
print(f"random walks: {total(starts)} starts, each at rest")
print(f"crashes: {total(killed)} places in {total(killed, 1)} writes of {len(killed)} stories, no mail twice; of {total(killed, 2)} to known guests nothing can tell")
print(f"Graph: {total(ways)} cases in {len(ways)} suites, {total(ways, 1)} as they should be")
print(f"bad input: {total(inputs) + total(inputs, 1)} inputs to {len(inputs)} fuzz targets")
print(f"witnesses: {total(versions)} versions of statuses by the kstatus rules, {total(exchanges)} requests and {total(exchanges, 1)} answers by Graph's description")
for line in soak:
    print(line)
seeds = sorted({seed for line in lines for seed in re.findall(r"SEED=\d+", line)})
print("seeds: " + " ".join(seeds))
