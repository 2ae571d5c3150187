// What libuv's thread pool and ring ask instead of getenv: UV_THREADPOOL_SIZE and
// UV_USE_IO_URING of the target's environment change nothing in an app.
char* uv_no_environment(const char* name) {
  (void)name;
  return 0;
}
