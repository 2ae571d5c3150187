"""Our changes of Node's library, in the order in which they apply: a line a file beside this one."""

NODE_PATCHES = [
    "buffer_without_arguments",
    "cluster_only_in_workers",
    "colors_at_run_time",
    "coverage_by_order",
    "cwd_counter_for_workers",
    "dns_channel_at_first_use",
    "first_answer",
    "header_names",
    "inspector_at_first_use",
    "ip_addresses",
    "net_options_at_first_use",
    "options_in_the_snapshot",
    "os_information_per_call",
    "packed_program",
    "proxies_at_run_time",
    "report_destinations",
    "stdio_without_descriptors",
]
