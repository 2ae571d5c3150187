// program.wasm: clang-19 --target=wasm32 -Os -nostdlib -o program.wasm program.c
// Prints its arguments and environment, copies /files/note.txt to standard output and to /files/copy.txt, and ends with 7.
#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name))) int name
typedef unsigned int u32;
typedef unsigned long long u64;
struct vector {
  const void* data;
  u32 size;
};
WASI(args_sizes_get)(u32*, u32*);
WASI(args_get)(char**, char*);
WASI(environ_sizes_get)(u32*, u32*);
WASI(environ_get)(char**, char*);
WASI(fd_write)(u32, const struct vector*, u32, u32*);
WASI(fd_read)(u32, const struct vector*, u32, u32*);
WASI(fd_close)(u32);
WASI(path_open)(u32, u32, const char*, u32, u32, u64, u64, u32, u32*);
WASI(path_unlink_file)(u32, const char*, u32);
WASI(clock_time_get)(u32, u64, u64*);
__attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_exit"), noreturn)) void proc_exit(u32);

static u32 length(const char* text) {
  u32 n = 0;
  while (text[n]) n++;
  return n;
}
static void put(u32 fd, const char* data, u32 size) {
  struct vector vector = {data, size};
  u32 written;
  if (fd_write(fd, &vector, 1, &written) || written != size) proc_exit(1);
}
static void line(const char* text) {
  put(1, text, length(text));
  put(1, "\n", 1);
}

void _start(void) {
  static char *list[8], text[256];
  u32 count, size, in, out;
  u64 now = 0;
  if (args_sizes_get(&count, &size) || size > sizeof text || args_get(list, text)) proc_exit(2);
  for (u32 i = 0; i < count; i++) line(list[i]);
  if (environ_sizes_get(&count, &size) || size > sizeof text || environ_get(list, text)) proc_exit(3);
  for (u32 i = 0; i < count; i++) line(list[i]);
  const u64 read = 2, write = 64;  // rights: fd_read, fd_write
  if (path_open(3, 0, "note.txt", 8, 0, read, 0, 0, &in)) proc_exit(4);
  if (path_open(3, 0, "copy.txt", 8, 1 | 8, write, 0, 0, &out)) proc_exit(5);
  struct vector vector = {text, sizeof text};
  if (fd_read(in, &vector, 1, &size)) proc_exit(6);
  put(1, text, size);
  put(out, text, size);
  if (fd_close(in) || fd_close(out)) proc_exit(8);
  if (path_open(3, 0, "../main.js", 10, 0, read, 0, 0, &in) == 0) proc_exit(9);
  if (clock_time_get(0, 1, &now) || now == 0) proc_exit(10);
  proc_exit(7);
}
