#!/usr/bin/env python3
"""Embedded files are a read-only file system's: symbolic links, what is no folder, descriptors."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
import e2e

MAIN = """
const fs = require('fs'), path = require('path');
const at = (name) => path.join(__dirname, 'data', name);
const say = (name, run) => {
  let result;
  try { result = run(); } catch (error) { result = error.code; }
  console.log(name, result);
};
const descriptor = (run) => { const fd = fs.openSync(at('a.txt')); try { run(fd); } finally { fs.closeSync(fd); } };
%s
"""


class VirtualRootTest(e2e.TestCase):
    def check(self, calls, out, links=(), files=()):
        project = e2e.scratch("project")
        e2e.write_tree(project, {"main.cjs": MAIN % calls, "data/a.txt": "a", "data/sub/b.txt": "b", "beside.txt": "beside", **dict(files)})
        for name, target in links:
            os.symlink(target, os.path.join(project, "data", name))
        app = os.path.join(e2e.scratch("out"), "app")
        packed = e2e.run([e2e.dv8pack(), os.path.join(project, "main.cjs"), "--asset", os.path.join(project, "data"), "-o", app])
        self.assertEqual(packed.code, 0, packed)
        ran = e2e.run([app], cwd=e2e.scratch("run"))
        self.assertEqual((ran.code, ran.out.splitlines()), (0, out), ran)

    def test_links(self):
        self.check("""
say('read', () => fs.readFileSync(at('file'), 'utf8') + fs.readFileSync(at('folder/b.txt'), 'utf8') + fs.readFileSync(at('outside'), 'utf8'));
say('lstat', () => [at('file'), at('folder'), at('outside'), at('a.txt')].map((file) => fs.lstatSync(file).isSymbolicLink()).join());
say('stat', () => [fs.statSync(at('file')).size, fs.statSync(at('folder')).isDirectory()].join());
say('readlink', () => [fs.readlinkSync(at('file')), fs.readlinkSync(at('folder'))].join());
say('realpath', () => [fs.realpathSync(at('folder/b.txt')), fs.realpathSync.native(at('folder'))].join());
say('list', () => fs.readdirSync(at(''), { withFileTypes: true }).map((entry) => entry.name + (entry.isSymbolicLink() ? '@' : '')).join());
say('list link', () => fs.readdirSync(at('folder')).join());
say('dangling', () => fs.lstatSync(at('nowhere')).isSymbolicLink() + ' ' + fs.existsSync(at('nowhere')));
say('circle', () => fs.existsSync(at('circle')));
say('unlink', () => fs.unlinkSync(at('file')));
say('write', () => fs.writeFileSync(at('file'), ''));
say('assets', () => require('node:sea').getAssetKeys().map((key) => path.basename(key)).join());
""", ["read abbeside", "lstat true,true,false,false", "stat 1,true", "readlink a.txt,sub",
      "realpath /app/data/sub/b.txt,/app/data/sub", "list a.txt,circle@,file@,folder@,nowhere@,outside,sub", "list link b.txt",
      "dangling true false", "circle false", "unlink EROFS", "write EROFS", "assets a.txt,file,outside,b.txt"],
            [("file", "a.txt"), ("folder", "sub"), ("outside", "../beside.txt"), ("nowhere", "none"), ("circle", "circle")])

    def test_a_file_is_no_folder(self):
        self.check("""
for (const name of ['a.txt/x', 'a.txt/']) {
  say('read', () => fs.readFileSync(at('') + '/' + name));
  say('stat', () => fs.statSync(at('') + '/' + name));
  say('access', () => fs.accessSync(at('') + '/' + name));
  say('list', () => fs.readdirSync(at('') + '/' + name));
}
say('make', () => fs.mkdirSync(at('a.txt/x')));
say('write', () => fs.writeFileSync(at('a.txt/x'), ''));
say('remove', () => fs.unlinkSync(at('a.txt/x')));
say('chdir', () => process.chdir(at('a.txt')));
say('none', () => fs.readFileSync(at('none/x')));
""", ["read ENOTDIR", "stat ENOTDIR", "access ENOTDIR", "list ENOTDIR"] * 2 +
            ["make ENOTDIR", "write ENOTDIR", "remove ENOTDIR", "chdir ENOTDIR", "none ENOENT"])

    def test_children_run_and_read_files(self):
        self.check("""
const { execFileSync, execSync, spawnSync } = require('child_process');
const text = { encoding: 'utf8' };
say('run', () => execFileSync(at('run.sh'), ['a'], text).trim());
say('run by a shell', () => execSync(at('run.sh'), text).trim());
say('run by node', () => execFileSync(at('script'), ['b'], text).trim());
say('read', () => execFileSync('cat', [at('a.txt'), at('sub/../a.txt')], text));
say('folder', () => spawnSync(at('sub')).error.code);
say('none', () => spawnSync(at('none')).error.code);
say('output', () => { const run = spawnSync(at('run.sh'), { stdio: ['ignore', 'pipe', 'ignore', 'pipe'] }); return [run.status, run.output.length].join(); });
""", ["run runs a", "run by a shell runs", "run by node b a", "read aa", "folder ENOENT", "none ENOENT", "output 0,4"],
            files={"data/run.sh": "#!/bin/sh\necho runs $1\n",
                   "data/script": "#!/usr/bin/env node\nconsole.log(process.argv[2], require('fs').readFileSync(__dirname + '/a.txt', 'utf8'));\n"})

    def test_descriptors_are_for_reading(self):
        self.check("""
say('write', () => descriptor((fd) => fs.writeSync(fd, 'x')));
say('truncate', () => descriptor((fd) => fs.ftruncateSync(fd)));
say('stat', () => { let size; descriptor((fd) => { size = fs.fstatSync(fd).size; }); return size; });
""", ["write EBADF", "truncate EINVAL", "stat 1"])

    def test_writing_calls(self):
        # Each of fs's, in its three forms, at a file, in a folder and for a new name.
        self.check("""
const fsp = fs.promises, os = require('os');
const disk = fs.mkdtempSync(path.join(os.tmpdir(), 'root-'));
fs.writeFileSync(path.join(disk, 'own'), 'own');
const own = path.join(disk, 'own'), file = at('a.txt'), folder = at('sub'), made = at('new');
const calls = [];
for (const target of [file, made]) {
  calls.push(['writeFile', target, 'x'], ['appendFile', target, 'x'], ['open', target, 'w'], ['open', target, 'a'], ['copyFile', own, target]);
}
calls.push(['open', file, 'r+'], ['truncate', file, 0], ['chmod', file, 0o600], ['chown', file, 1, 1], ['lchown', file, 1, 1], ['utimes', file, 1, 1],
  ['lutimes', file, 1, 1], ['unlink', file], ['rm', file], ['rename', file, own], ['rename', own, made], ['rename', own, file], ['link', file, made],
  ['link', own, made], ['symlink', own, made], ['mkdir', made], ['mkdir', path.join(made, 'deep'), { recursive: true }], ['mkdtemp', made], ['rmdir', folder],
  ['rm', folder, { recursive: true }], ['chmod', folder, 0o700], ['chown', folder, 1, 1], ['utimes', folder, 1, 1], ['rename', folder, disk + '/sub'], ['cp', own, made],
  ['cp', disk, at('copy'), { recursive: true }]);
(async () => {
  const wrong = [];
  for (const [name, ...args] of calls) {
    const codes = [];
    try { fs[name + 'Sync'](...args); codes.push('done'); } catch (error) { codes.push(error.code); }
    codes.push(await new Promise((resolve) => fs[name](...args, (error) => resolve(error ? error.code : 'done'))));
    codes.push(await fsp[name](...args).then(() => 'done', (error) => error.code));
    if (codes.join() !== 'EROFS,EROFS,EROFS') wrong.push(`${name} ${args.join()}: ${codes}`);
  }
  const stream = await new Promise((resolve) => fs.createWriteStream(made).on('error', resolve));
  console.log('calls', calls.length > 30, wrong.join('; ') || 'all EROFS', stream.code);
  console.log('left', fs.readFileSync(file, 'utf8') + fs.readFileSync(own, 'utf8'), fs.existsSync(made), fs.readdirSync(disk).join());
  fs.rmSync(disk, { recursive: true });
})();
""", ["calls true all EROFS EROFS", "left aown false own"])

    def test_folders(self):
        self.check("""
say('statfs', () => { const { blocks, bfree, bavail, ffree } = fs.statfsSync(at('a.txt')); return [blocks > 0, bfree, bavail, ffree].join(); });
say('none', () => fs.statfsSync(at('none')));
say('chdir', () => { process.chdir(at('sub')); return process.cwd(); });
say('relative', () => fs.readFileSync('../a.txt', 'utf8') + fs.readFileSync('b.txt', 'utf8') + fs.realpathSync('.'));
say('write', () => fs.writeFileSync('new.txt', ''));
say('up', () => { process.chdir('../..'); return process.cwd() + fs.existsSync('data/a.txt'); });
say('out', () => { process.chdir('/'); return process.cwd(); });
say('opendir', () => { const folder = fs.opendirSync(at('')); const names = []; for (let e; (e = folder.readSync());) names.push(e.name); folder.closeSync(); return names.sort().join(); });
say('glob', () => fs.globSync('**/*.txt', { cwd: at('') }).sort().join());
""", ["statfs true,0,0,0", "none ENOENT", "chdir /app/data/sub", "relative ab/app/data/sub", "write EROFS", "up /apptrue", "out /",
      "opendir a.txt,sub", "glob a.txt,sub/b.txt"])


class NamesTest(e2e.TestCase):
    """Names in any script, which Bazel's folders of test data cannot have."""

    def test_modules_data_and_text(self):
        project = e2e.scratch("project")
        with open(os.path.join(os.path.dirname(os.path.realpath(__file__)), "assets", "names_beyond_ascii.ts"), encoding="utf-8") as file:
            main = file.read()
        e2e.write_tree(project, {
            "package.json": '{"type": "module"}',
            "main.ts": main,
            "gr\u00f6\u00dfe/ma\u00df.js": "export const gr\u00f6\u00dfe = import.meta.filename.split('/').at(-1);\n",
            "gr\u00f6\u00dfe/\u6570 \u636e.json": '{ "\u4e00": 1 }',
            "gr\u00f6\u00dfe/na\u00efve text#1?.txt": "text\n",
            "gr\u00f6\u00dfe/\U0001f600.mjs": "export default 'face';\n",
        })
        app = os.path.join(e2e.scratch("out"), "app")
        packed = e2e.run([e2e.dv8pack(), "--asset", "gr\u00f6\u00dfe", "main.ts", "-o", app], cwd=project)
        self.assertEqual(packed.code, 0, packed)
        ran = e2e.run([app])
        self.assertEqual((ran.code, ran.out), (0, "ma\u00df.js { '\u4e00': 1 } text\n4 true face\n"), ran)


if __name__ == "__main__":
    e2e.main()
