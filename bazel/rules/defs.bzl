"""dv8pack's rules: dv8_binary, dv8_test and dv8_image.

Each action is dv8pack itself, with a manifest of the declared files (--inputs): it packs from copies of these and reads
nothing else, with no shell, no other program and no variable. Paths in `options` count from the workspace's root.
"""

_TOOLCHAIN = "@dv8pack//bazel/rules:toolchain_type"

Dv8ProgramInfo = provider(
    doc = "What a program is packed from; dv8_image packs it again, into an image.",
    fields = {
        "arguments": "list of strings: dv8pack's options",
        "assets": "depset of Files",
        "entry": "File",
        "inputs": "depset of Files: all that is read",
    },
)

Dv8ToolchainInfo = provider(
    doc = "dv8pack.",
    fields = {
        "dv8pack": "FilesToRunProvider",
        "files": "depset of Files: what dv8pack reads of its own folder",
    },
)

def _path(file):
    """Where a file lies among the copies: as in the workspace, whether it is a source or generated."""
    path = file.short_path
    return "external" + path[2:] if path.startswith("../") else path

def _manifest_line(file):
    # rules_js links packages to their store by relative links.
    return _path(file) + "\t" + file.path + ("" if file.is_source else "\tlink")

def _files_of(targets):
    """The files of targets and what they need when they run: those of rules_js' packages are there."""
    return depset(transitive = [target[DefaultInfo].files for target in targets] + [
        target[DefaultInfo].default_runfiles.files
        for target in targets
        if target[DefaultInfo].default_runfiles
    ])

def _run_dv8pack(ctx, program, output, progress, command = [], options = [], inputs = []):
    toolchain = ctx.toolchains[_TOOLCHAIN].dv8
    files = depset(inputs, transitive = [program.inputs])
    manifest = ctx.actions.args()
    manifest.add_all(files, map_each = _manifest_line)
    manifest.set_param_file_format("multiline")
    manifest.use_param_file("--inputs=%s", use_always = True)
    arguments = ctx.actions.args()
    arguments.add("--quiet")
    arguments.add_all(program.assets, map_each = _path, format_each = "--asset=%s", expand_directories = False)
    arguments.add_all(program.arguments)
    arguments.add_all(options)
    arguments.add_all(ctx.outputs.sboms, format_each = "--sbom=%s")
    arguments.add(output, format = "--output=%s")
    arguments.add(_path(program.entry))

    # Bazel 6 and later are told which toolchain an action is of.
    extra = {"toolchain": _TOOLCHAIN} if hasattr(ctx.actions, "template_dict") else {}
    ctx.actions.run(
        executable = toolchain.dv8pack,
        arguments = command + [manifest, arguments],
        env = {},
        inputs = files,
        mnemonic = "Dv8Pack",
        outputs = [output] + ctx.outputs.sboms,
        progress_message = "%s %s" % (progress, ctx.label),
        tools = toolchain.files,
        **extra
    )

_SBOMS = attr.output_list(doc = "Bills of materials to write: NAME.cdx.json (CycloneDX) or NAME.spdx.json (SPDX).")

_PROGRAM = {
    "assets": attr.label_list(
        allow_files = True,
        doc = "Files and folders that the program reads by its paths below its root (--asset).",
    ),
    "data": attr.label_list(
        allow_files = True,
        doc = "What the program finds beside it when Bazel runs it; nothing of it is packed.",
    ),
    "entry": attr.label(
        allow_single_file = True,
        doc = "The file that the program starts with.",
        mandatory = True,
    ),
    "node_modules": attr.label_list(
        allow_files = True,
        doc = "npm packages: a filegroup of a node_modules folder as npm lays it out, or targets of rules_js.",
    ),
    "options": attr.string_list(doc = "dv8pack's options; their paths count from the workspace's root."),
    "sboms": _SBOMS,
    "srcs": attr.label_list(
        allow_files = True,
        doc = "What the entry imports, package.json and tsconfig.json, and files that options name.",
    ),
}

def _program_impl(ctx):
    assets = _files_of(ctx.attr.assets)
    program = Dv8ProgramInfo(
        arguments = ctx.attr.options,
        assets = assets,
        entry = ctx.file.entry,
        inputs = depset(
            [ctx.file.entry],
            transitive = [assets, _files_of(ctx.attr.srcs), _files_of(ctx.attr.node_modules)],
        ),
    )
    output = ctx.actions.declare_file(ctx.label.name)
    _run_dv8pack(ctx, program, output, "Packing")
    runfiles = ctx.runfiles(ctx.files.data)
    for target in ctx.attr.data:
        runfiles = runfiles.merge(target[DefaultInfo].default_runfiles)
    return [
        DefaultInfo(executable = output, files = depset([output]), runfiles = runfiles),
        program,
    ]

dv8_binary = rule(
    implementation = _program_impl,
    attrs = _PROGRAM,
    doc = "One static executable out of a JavaScript or TypeScript program.",
    executable = True,
    toolchains = [_TOOLCHAIN],
)

dv8_test = rule(
    implementation = _program_impl,
    attrs = _PROGRAM,
    doc = "A test: a packed program, which passes by its exit code 0.",
    test = True,
    toolchains = [_TOOLCHAIN],
)

def _image_impl(ctx):
    output = ctx.actions.declare_file(ctx.label.name + ".tar")
    options = ["--port=" + port for port in ctx.attr.ports]
    options += ["--env=%s=%s" % item for item in ctx.attr.env.items()]
    options += ["--label=%s=%s" % item for item in ctx.attr.labels.items()]
    inputs = []
    for target, path in ctx.attr.files.items():
        for file in target[DefaultInfo].files.to_list():
            inputs.append(file)
            options.append("--file=%s:%s" % (_path(file), path + file.basename if path.endswith("/") else path))
    for name in ["compression", "tag", "user", "workdir"]:
        value = getattr(ctx.attr, name)
        if value:
            options.append("--%s=%s" % (name, value))
    if ctx.file.base:
        inputs.append(ctx.file.base)
        options.append("--base=" + _path(ctx.file.base))
    _run_dv8pack(
        ctx,
        ctx.attr.program[Dv8ProgramInfo],
        output,
        "Packing the image",
        command = ["image"],
        inputs = inputs,
        options = options,
    )
    return [DefaultInfo(files = depset([output]))]

dv8_image = rule(
    implementation = _image_impl,
    attrs = {
        "base": attr.label(allow_single_file = True, doc = "An archive of an image to put the program on (--base)."),
        "compression": attr.string(values = ["gzip", "zstd"], default = "gzip"),
        "env": attr.string_dict(doc = "Variables of the image's containers."),
        "files": attr.label_keyed_string_dict(
            allow_files = True,
            doc = "More files, each at its absolute path; at one that ends with / by their own names.",
        ),
        "labels": attr.string_dict(doc = "Labels, beside those of package.json."),
        "ports": attr.string_list(doc = "Ports that the program listens at: 8080, 53/udp."),
        "program": attr.label(mandatory = True, providers = [Dv8ProgramInfo], doc = "A dv8_binary."),
        "sboms": _SBOMS,
        "tag": attr.string(doc = "The image's NAME[:TAG]."),
        "user": attr.string(doc = "UID[:GID]."),
        "workdir": attr.string(),
    },
    doc = "An image of containers (NAME.tar, an OCI archive that Docker loads, too) out of a dv8_binary's program.",
    toolchains = [_TOOLCHAIN],
)

def _dv8_toolchain_impl(ctx):
    info = Dv8ToolchainInfo(
        dv8pack = ctx.attr.dv8pack[DefaultInfo].files_to_run,
        files = depset(ctx.files.files),
    )
    return [platform_common.ToolchainInfo(dv8 = info)]

dv8_toolchain = rule(
    implementation = _dv8_toolchain_impl,
    attrs = {
        "dv8pack": attr.label(allow_single_file = True, cfg = "exec", executable = True, mandatory = True),
        "files": attr.label_list(allow_files = True, cfg = "exec", doc = "The rest of dv8pack's folder."),
    },
    doc = "A dv8pack for toolchain().",
)
