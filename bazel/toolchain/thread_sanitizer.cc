// What ThreadSanitizer's runtime asks the program it is linked into (--config=tsan).
//
// V8, libuv and the other libraries are not instrumented: of their synchronization it sees what goes through pthreads
// and system calls, of their accesses what goes through malloc, free, memcpy and the like.

extern "C" {

const char* __tsan_default_options() {
  // addr2line is from binutils, which the tests need in any case; suppressions go by functions' names. A program may
  // end before it has joined threads that have ended.
  return "external_symbolizer_path=/usr/bin/addr2line:report_thread_leaks=0";
}

// A report is left out when a function of its stacks has the text in its name.
const char* __tsan_default_suppressions() {
  return
      // V8 and what belongs to it order what their threads do by atomics, which are not seen. A race of our own with
      // what V8 frees, copies or fills is left out with them.
      "race:v8::internal::\n"
      "race:v8::base::\n"
      "race:v8::platform::\n"
      "race:cppgc::\n"
      "race:absl::\n"
      "race:std::_Deque_base<int,\n"     // The assembler's: we have none.
      "race:v8::CpuProfileDeoptFrame\n"  // The profiler's thread has it by a queue of V8's.
      // libuv closes descriptors by a system call of its own: who gets the number next seems to race with who had it.
      "race:^uv_\n"
      // Finds out which descriptors are free: dup's are seen, fcntl(F_DUPFD)'s are not, and the next thread that gets
      // the number closes what it seems not to have opened.
      "race:dv8::InitLoop\n";
}

}  // extern "C"
