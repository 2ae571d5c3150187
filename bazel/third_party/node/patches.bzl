"""Our changes of Node's library, in the order in which they apply: a line a file beside this one."""

NODE_PATCHES = [
    "os_information_per_call",
]
