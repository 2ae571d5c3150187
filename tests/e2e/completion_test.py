#!/usr/bin/env python3
"""dv8pack completion: the scripts, sourced by the shells themselves, where they are installed."""

import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e


class CompletionTest(e2e.TestCase):
    def setUp(self):
        self.folder = e2e.scratch("src")
        e2e.write_tree(self.folder, {"main.js": "", "map.txt": "", "a b.js": ""})
        os.mkdir(os.path.join(self.folder, "bin"))
        os.symlink(e2e.dv8pack(), os.path.join(self.folder, "bin", "dv8pack"))

    def run_shell(self, *argv, shell):
        # Where it is installed by hand, PATH says where.
        path = shutil.which(shell)
        if path is None:
            self.skipTest(f"{shell} is not installed")
        return e2e.run([path, *argv], cwd=self.folder, env={"PATH": f"{self.folder}/bin:{e2e.CLEAN_ENV['PATH']}", "HOME": self.folder})

    def bash(self, *words):
        """What bash offers for the last of `words`, parted as bash does."""
        script = ('source <(dv8pack completion bash) && complete -p dv8pack >/dev/null && COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); '
                  '_dv8pack; printf "%s\\n" "${COMPREPLY[@]}"')
        result = self.run_shell("--norc", "-c", script, "bash", "dv8pack", *words, shell="bash")
        self.assertEqual((result.code, result.err), (0, ""), result)
        return sorted(result.out.splitlines())

    def test_bash(self):
        self.assertEqual(self.bash("--snap"), ["--snapshot", "--snapshot-env", "--snapshot-timeout"])
        self.assertEqual(self.bash("--snapshot", "=", "a"), ["app"])
        self.assertEqual(self.bash("--snapshot", "="), ["app", "code", "none"])
        self.assertEqual(self.bash("main.js", "-o", "ma"), ["main.js", "map.txt"])
        self.assertEqual(self.bash("--drop", "con"), ["console"])
        self.assertEqual(self.bash("ru"), ["run"])
        self.assertEqual(self.bash("run", "a"), ["a b.js"])
        self.assertEqual(self.bash("completion", "z"), ["zsh"])
        self.assertEqual(self.bash("--define", "m"), [""])

    def test_zsh(self):
        # A terminal's completion, as the shell itself does it: zpty runs one, Tab asks, the lists come back.
        script = r"""
zmodload zsh/zpty || exit 3
zpty z $0 -f -i
zpty -w z "PROMPT=; autoload -U compinit; compinit -u -D; source <(dv8pack completion zsh); zstyle ':completion:*' list-separator ' '; print ready\$((1))"
zpty -r z line '*ready1*'
for words in "$@"; do
  zpty -w -n z "$words"$'\t'
  sleep 1
  zpty -w -n z $'\x15print end$((1))\n'
  zpty -r z line '*end1*'
  print -r -- "$line"
done
zpty -d z
"""
        result = self.run_shell("-fc", script, shutil.which("zsh") or "", "dv8pack --snapshot-t", "dv8pack --snapshot=", "dv8pack ru", "dv8pack completion f", shell="zsh")
        if result.code == 3:
            self.skipTest("zsh has no zpty")
        self.assertEqual((result.code, result.err), (0, ""), result)
        for offered in ("--snapshot-timeout=", "code", "app", "none", "run", "fish"):
            self.assertIn(offered, result.out)

    def fish(self, line):
        result = self.run_shell("--no-config", "-c", "dv8pack completion fish | source; complete -C $argv[1]", line, shell="fish")
        self.assertEqual((result.code, result.err), (0, ""), result)
        return [offer.split("\t")[0] for offer in result.out.splitlines()]

    def test_fish(self):
        self.assertEqual(self.fish("dv8pack --snap"), ["--snapshot", "--snapshot-timeout"])
        self.assertEqual(self.fish("dv8pack --snapshot=a"), ["--snapshot=app"])
        self.assertEqual(self.fish("dv8pack --drop con"), ["console"])
        self.assertEqual(self.fish("dv8pack completion z"), ["zsh"])
        self.assertIn("run", self.fish("dv8pack ru"))
        self.assertIn("main.js", self.fish("dv8pack -o ma"))

    def test_other_shells(self):
        for words, error in ((["tcsh"], "completion is for bash, zsh or fish, not 'tcsh'\n"),
                             ([], "for which shell: bash, zsh or fish?\n  hint: dv8pack --help says how it is used\n")):
            result = e2e.run([e2e.dv8pack(), "completion", *words])
            self.assertEqual((result.code, result.out, result.err), (2, "", f"dv8pack: error: {error}"), result)


if __name__ == "__main__":
    e2e.main()
