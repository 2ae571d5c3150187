"""The rules that make the standard library: its own modules for dv8pack to bundle, and Node's as one file."""

# The engine's level of JavaScript: nothing is rewritten for older ones.
_TARGET = "chrome136"

def _folder_of(lib):
    """The path of Node's lib/, whose files are `lib`."""
    return lib[0].path[:lib[0].path.index("/lib/") + len("/lib")]

def _prebuilt_stdlib_impl(ctx):
    out = ctx.actions.declare_directory(ctx.label.name)

    # A folder of its own: esbuild's output names the files as they lie there, whatever the
    # place of the build.
    command = """
set -eu
ROOT=$PWD
D=$(mktemp -d)
trap 'rm -rf "$D"' EXIT
cp -rL {package} "$D/src"
cd "$D/src"
python3 "$ROOT/{tool}" "$ROOT/{globals}" "$ROOT/{lib}" > "$D/manifest.json"
"$ROOT/{esbuild}" $(find dv8 -name '*.js' | LC_ALL=C sort) internal/bootstrap.js internal/node_bootstrap.js \
    --bundle --splitting --format=esm --platform=neutral --target={target} '--external:internal:*' \
    --outbase=. --outdir="$ROOT/{out}" --chunk-names=chunks/[name]-[hash] \
    --legal-comments=none --log-level=warning --color=false
cp "$D/manifest.json" "$ROOT/{out}/manifest.json"
# Importing one of these evaluates nothing that another program would miss.
echo '{{"type":"module","sideEffects":["./internal/bootstrap.js","./internal/node_bootstrap.js"]}}' > "$ROOT/{out}/package.json"
""".format(
        esbuild = ctx.file.esbuild.path,
        globals = ctx.file.globals.path,
        lib = _folder_of(ctx.files.lib),
        out = out.path,
        package = ctx.label.package,
        target = _TARGET,
        tool = ctx.file.manifest_tool.path,
    )
    ctx.actions.run_shell(
        command = command,
        inputs = ctx.files.srcs + ctx.files.lib + [
            ctx.file.esbuild,
            ctx.file.globals,
            ctx.file.manifest_tool,
        ],
        # esbuild lies inside node_modules, which a sandbox cannot link twice.
        execution_requirements = {"no-sandbox": "1"},
        mnemonic = "PrebuildStdlib",
        outputs = [out],
        progress_message = "Bundling the standard library",
        use_default_shell_env = True,
    )
    return [DefaultInfo(files = depset([out]))]

prebuilt_stdlib = rule(
    implementation = _prebuilt_stdlib_impl,
    attrs = {
        "esbuild": attr.label(allow_single_file = True, mandatory = True),
        "globals": attr.label(allow_single_file = True, mandatory = True, doc = "Which global comes from which module of dv8/, and which are Node's."),
        "lib": attr.label(mandatory = True, doc = "Node's lib/, whose files are the modules' names."),
        "manifest_tool": attr.label(allow_single_file = True, mandatory = True),
        "srcs": attr.label_list(allow_files = True, mandatory = True),
    },
    doc = "A folder with dv8's modules as ES modules in shared chunks, and manifest.json.",
)

def _node_library_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name + ".library")
    # Packages that lib/ requires as internal/deps/: file of the library -> what esbuild makes it of.
    command = """
set -eu
ROOT=$PWD
D=$(mktemp -d)
trap 'rm -rf "$D"' EXIT
cp -RL "{lib}" "$D/lib"
cd "{package}/node"
find . -name '*.js' | while read -r file; do
  mkdir -p "$D/lib/$(dirname "$file")"
  cp -L "$file" "$D/lib/$file"
done
cd "$D"
MODULES="$ROOT/{node_modules}"
DEPS="$D/lib/internal/deps"
mkdir -p "$DEPS/acorn/acorn/dist" "$DEPS/acorn/acorn-walk/dist" "$DEPS/amaro/dist" "$DEPS/minimatch" "$DEPS/undici"
cp -L "$MODULES/acorn/dist/acorn.js" "$DEPS/acorn/acorn/dist/"
cp -L "$MODULES/acorn-walk/dist/walk.js" "$DEPS/acorn/acorn-walk/dist/"
cp -L "$MODULES/amaro/dist/index.js" "$DEPS/amaro/dist/"
# Names below this folder: nothing of the machine's is in the output.
ln -s "$MODULES" node_modules
cp -L "$ROOT/{undici_globals}" undici_globals.js
bundle() {{
  entry=$1
  out=$2
  shift 2
  "$ROOT/{esbuild}" "./node_modules/$entry" --bundle --platform=node --format=cjs --outfile="$DEPS/$out" \
      --preserve-symlinks '--external:node:*' --log-level=error --legal-comments=none "$@"
}}
bundle minimatch/dist/commonjs/index.js minimatch/index.js
bundle undici/index-fetch.js undici/undici.js '--external:internal/*' --inject:./undici_globals.js
"$ROOT/{tool}" "$D/lib" "$ROOT/{out}"
""".format(
        esbuild = ctx.file.esbuild.path,
        lib = _folder_of(ctx.files.lib),
        node_modules = ctx.file.node_modules.path,
        out = out.path,
        package = ctx.label.package,
        tool = ctx.executable.tool.path,
        undici_globals = ctx.file.undici_globals.path,
    )
    ctx.actions.run_shell(
        command = command,
        inputs = ctx.files.lib + ctx.files.srcs + [ctx.file.esbuild, ctx.file.node_modules, ctx.file.undici_globals],
        # esbuild lies inside node_modules, which a sandbox cannot link twice.
        execution_requirements = {"no-sandbox": "1"},
        mnemonic = "NodeLibrary",
        outputs = [out],
        progress_message = "Packing Node's library",
        tools = [ctx.executable.tool],
        use_default_shell_env = True,
    )
    return [DefaultInfo(files = depset([out]))]

node_library = rule(
    implementation = _node_library_impl,
    attrs = {
        "esbuild": attr.label(allow_single_file = True, mandatory = True),
        "lib": attr.label(mandatory = True, doc = "Node's lib/."),
        "node_modules": attr.label(allow_single_file = True, mandatory = True, doc = "With the packages that lib/ carries and the tarball lacks."),
        "srcs": attr.label_list(allow_files = True, mandatory = True, doc = "Files that take the place of lib/'s, at their paths below node/."),
        "tool": attr.label(executable = True, cfg = "exec", mandatory = True),
        "undici_globals": attr.label(allow_single_file = True, mandatory = True, doc = "What undici has in place of globals."),
    },
    doc = "Node's library as one file, for dv8pack and its builder (runtime/payload/library_file.h).",
)
