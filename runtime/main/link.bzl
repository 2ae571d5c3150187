"""How the templates of apps are linked: by runtime/main itself, and by dv8pack --native."""

def template_linkopts(order):
    """The linker options of a template; `order` is the path of startup.order."""
    return [
        "-Wl,-e,dv8_start",
        "-Wl,--wrap=pthread_getattr_np",
        "-Wl,--wrap=_dl_get_origin",
        "-Wl,--wrap=madvise",
        "-Wl,--wrap=mmap",
        "-Wl,--wrap=mprotect",
        "-Wl,--wrap=uprv_getDefaultLocaleID_76",
        "-Wl,--wrap=_ZN2v88internal8FlagList23EnforceFlagImplicationsEv",
        # Functions of a start lie together (startup_order.py makes the list): 170 faults of
        # 64 KiB become 40.
        "-Wl,--symbol-ordering-file=" + order,
        "-Wl,--no-warn-symbol-ordering",
    ]

# Two callbacks of one address would be one external reference in the builder and two in an app.
BUILDER_FEATURES = ["-icf"]
