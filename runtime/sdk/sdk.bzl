"""What the SDK is made of: static libraries that hold all of theirs, and the command line of a link."""

load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

def _objects(deps):
    """The object files and static libraries that `deps` are linked from, in the linker's order."""
    found = []
    for dep in deps:
        for input in dep[CcInfo].linking_context.linker_inputs.to_list():
            for library in input.libraries:
                found += library.pic_objects or library.objects or [library.pic_static_library or library.static_library]
    return found

def _whole_archive_impl(ctx):
    left_out = {object: True for object in _objects(ctx.attr.without)}
    objects = [object for object in _objects(ctx.attr.deps) if object not in left_out]
    out = ctx.actions.declare_file("lib%s.a" % ctx.label.name)

    script = ctx.actions.declare_file(ctx.label.name + ".mri")
    ctx.actions.write(script, "".join(
        ["CREATE %s\n" % out.path] +
        ["%s %s\n" % ("ADDLIB" if object.extension == "a" else "ADDMOD", object.path) for object in objects] +
        ["SAVE\nEND\n"],
    ))

    # Debian's ar leaves owners and times out.
    ctx.actions.run_shell(
        inputs = objects + [script],
        outputs = [out],
        command = "ar -M < " + script.path,
        mnemonic = "WholeArchive",
    )
    return [DefaultInfo(files = depset([out]))]

whole_archive = rule(
    implementation = _whole_archive_impl,
    attrs = {
        "deps": attr.label_list(providers = [CcInfo]),
        "without": attr.label_list(providers = [CcInfo], doc = "What these need is not in it."),
    },
    doc = "One static library of all that `deps` are linked from.",
)

def _link_line_impl(ctx):
    toolchain = find_cpp_toolchain(ctx)
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features,
    )
    flags = []
    for dep in ctx.attr.deps:
        for input in dep[CcInfo].linking_context.linker_inputs.to_list():
            flags += [flag for flag in input.user_link_flags if flag not in flags]
    line = cc_common.get_memory_inefficient_command_line(
        feature_configuration = features,
        action_name = "c++-link-executable",
        variables = cc_common.create_link_variables(
            feature_configuration = features,
            cc_toolchain = toolchain,
            user_link_flags = ctx.attr.linkopts + flags,
        ),
    )
    out = ctx.actions.declare_file(ctx.label.name)

    # Where the linker lies is for the machine that links to say.
    ctx.actions.write(out, "".join([flag + "\n" for flag in line if not flag.startswith("--ld-path=")]))
    return [DefaultInfo(files = depset([out]))]

link_line = rule(
    implementation = _link_line_impl,
    attrs = {
        "deps": attr.label_list(providers = [CcInfo]),
        "linkopts": attr.string_list(),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
    doc = "A response file for a compiler driver: the flags that a program of `deps` is linked with here.",
)

def _engine_defines_impl(ctx):
    context = cc_common.merge_cc_infos(cc_infos = [dep[CcInfo] for dep in ctx.attr.deps]).compilation_context
    out = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(out, " ".join(["-D" + define for define in context.defines.to_list()]))
    return [DefaultInfo(files = depset([out]))]

engine_defines = rule(
    implementation = _engine_defines_impl,
    attrs = {"deps": attr.label_list(providers = [CcInfo])},
    doc = "What code that includes the headers of `deps` is to be compiled with.",
)
