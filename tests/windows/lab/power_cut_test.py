# SPDX-License-Identifier: MIT
"""The power goes: monban.exe is ended by TerminateProcess at moments spread over its work. Whoever comes back goes on, or takes
everything back, and the server is right either way."""
import time
import unittest

from this_windows import APPLY, OnThisWindows, facts_of


def steady(facts):
    """http.sys and the stores keep no order, and what comes back comes last."""
    facts = {**facts_of(facts)}
    facts["ssl_records"] = sorted(facts["ssl_records"], key=lambda record: record["endpoint"])
    facts["stores"] = {name: sorted(store, key=lambda one: one["thumbprint_sha1"]) for name, store in facts["stores"].items() if store}
    return facts


class PowerCuts(OnThisWindows):
    CUTS = 24
    REMOVE = ("apply", "--remove", "--json")
    RENEW = ("apply", "--renew", "--answers", r"C:\lab\own\renew.json", *APPLY[3:])

    def done(self, *command):
        ran = self.lab.monban(*command)
        self.assertEqual((ran.code, ran.json["outcome"]), (0, "done"), ran.told)
        return ran

    def cut(self, command, after, usual, wanted):
        """At so many moments of that work; True where it was ended before it had come to its own end."""
        cut = {"gone on with": 0, "taken back": 0, "before its first step": 0}
        number = tries = 0
        while number < wanted and tries < 2 * wanted:
            tries += 1
            moment = int(usual * 900 * (number + 0.5) / wanted)  # the last well before its usual end
            before = steady(self.status())
            runs = len(self.lab.monban("runs", "--json").json["runs"])
            begun = time.monotonic()
            ended = self.lab.monban_until(moment, *command)
            goes_on = number % 2
            number += ended.code is None
            where = f"{command[1]} ended after {moment} ms"
            if ended.code is not None:
                self.assertIn(ended.code, (0, 1), where)
                usual = min(usual, time.monotonic() - begun)  # it was timed while the machine was busier
            now = self.lab.monban("runs", "--json").json["runs"]
            if len(now) == runs:
                self.assertEqual(steady(self.status()), before, where)
                cut["before its first step"] += ended.code is None
                continue
            if goes_on:
                self.done(*command)
                self.assertEqual(steady(self.status()), after, where + ", gone on with")
                self.assertEqual(len(self.lab.monban("runs", "--json").json["runs"]), runs + 1, "one undo has to take back all of it")
            self.done("undo", "--json")
            self.assertEqual(steady(self.status()), before, where + ", taken back")
            if ended.code is None:
                cut["gone on with" if goes_on else "taken back"] += 1
        return cut

    def timed(self, *command):
        begun = time.monotonic()
        self.done(*command)
        return time.monotonic() - begun

    def test_set_up_renewal_and_removal(self):
        counts = {}
        usual = self.timed(*APPLY)
        set_up = steady(self.status())
        self.done("undo", "--json")
        counts["set-up"] = self.cut(APPLY, set_up, usual, self.CUTS // 2)

        self.done(*APPLY)
        self.ca.issue("renewed", "サイト 2027")
        self.ca.answers("renew.json", certificate={"file": "renewed.p12"})
        usual = self.timed(*self.RENEW)
        renewed = steady(self.status())
        self.done("undo", "--json")
        counts["renewal"] = self.cut(self.RENEW, renewed, usual, self.CUTS // 4)

        usual = self.timed(*self.REMOVE)
        removed = steady(self.status())
        self.done("undo", "--json")
        counts["removal"] = self.cut(self.REMOVE, removed, usual, self.CUTS // 4)
        print("\ncuts by TerminateProcess:", counts)
        self.assertGreaterEqual(sum(sum(one.values()) for one in counts.values()), 20)


if __name__ == "__main__":
    unittest.main()
