"""Libraries of the engine's unity shards."""

def engine_library(name, srcs, shards, deps, **kwargs):
    """One cc_library a source, and `name` for all of them.

    A shard's action has only the .cc files that it includes among its inputs: where one of V8's files
    changes, a clone without a build of its own still finds the other shards in the disk cache.

    Args:
      name: the library.
      srcs: shards, and sources that stand alone.
      shards: path of a shard -> what it includes (lists.bzl).
      deps: of each.
      **kwargs: of each.
    """
    parts = []
    for src in srcs:
        part = "%s_%s" % (name, src.split(":")[-1].rsplit(".", 1)[0].replace("/", "_"))
        native.cc_library(
            name = part,
            srcs = [src],
            textual_hdrs = shards.get(src, []),
            deps = deps,
            **kwargs
        )
        parts.append(part)
    native.cc_library(
        name = name,
        deps = parts,
    )
