#include "runtime/bindings/node/resource_usage.h"

#include <uv.h>

#include <algorithm>
#include <cstring>

namespace dv8::node {
namespace {

// Writes `numbers` into `fields`, which must have room for all of them.
void Write(const CallInfo& info, v8::Local<v8::Float64Array> fields, std::initializer_list<double> numbers) {
  const std::span<uint8_t> bytes = BytesOf(fields);
  if (bytes.size() < numbers.size() * sizeof(double)) {
    return ThrowInvalidArgument(info.GetIsolate(), 0, "a Float64Array with room for the result", fields);
  }
  std::memcpy(bytes.data(), numbers.begin(), numbers.size() * sizeof(double));
}

double Microseconds(const uv_timeval_t& time) { return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec); }

}  // namespace

UvResult<void> CpuUsage(const CallInfo& info, v8::Local<v8::Float64Array> fields) {
  uv_rusage_t usage;
  if (const int rc = uv_getrusage(&usage); rc < 0) return UvFailure{rc, "uv_getrusage"};
  Write(info, fields, {Microseconds(usage.ru_utime), Microseconds(usage.ru_stime)});
  return {};
}

UvResult<void> ThreadCpuUsage(const CallInfo& info, v8::Local<v8::Float64Array> fields) {
  uv_rusage_t usage;
  if (const int rc = uv_getrusage_thread(&usage); rc < 0) return UvFailure{rc, "uv_getrusage_thread"};
  Write(info, fields, {Microseconds(usage.ru_utime), Microseconds(usage.ru_stime)});
  return {};
}

UvResult<void> ResourceUsage(const CallInfo& info, v8::Local<v8::Float64Array> fields) {
  uv_rusage_t u;
  if (const int rc = uv_getrusage(&u); rc < 0) return UvFailure{rc, "uv_getrusage"};
  const auto number = [](uint64_t value) { return static_cast<double>(value); };
  Write(info, fields,
        {Microseconds(u.ru_utime), Microseconds(u.ru_stime), number(u.ru_maxrss), number(u.ru_ixrss), number(u.ru_idrss),
         number(u.ru_isrss), number(u.ru_minflt), number(u.ru_majflt), number(u.ru_nswap), number(u.ru_inblock), number(u.ru_oublock),
         number(u.ru_msgsnd), number(u.ru_msgrcv), number(u.ru_nsignals), number(u.ru_nvcsw), number(u.ru_nivcsw)});
  return {};
}

UvResult<void> MemoryUsage(const CallInfo& info, v8::Local<v8::Float64Array> fields) {
  v8::HeapStatistics heap;
  info.GetIsolate()->GetHeapStatistics(&heap);
  // V8 accounts the memory of array buffers as external memory; most of it is theirs.
  const auto external = static_cast<double>(heap.external_memory());
  Write(info, fields,
        {ResidentSetSize(), static_cast<double>(heap.total_heap_size()), static_cast<double>(heap.used_heap_size()), external, external});
  return {};
}

double ResidentSetSize() {
  size_t size = 0;
  if (uv_resident_set_memory(&size) == 0) return static_cast<double>(size);
  // Without /proc the peak is the best there is.
  uv_rusage_t usage;
  return uv_getrusage(&usage) == 0 ? static_cast<double>(usage.ru_maxrss) * 1024 : 0;
}

double ConstrainedMemory() { return static_cast<double>(uv_get_constrained_memory()); }
double AvailableMemory() { return static_cast<double>(uv_get_available_memory()); }

}  // namespace dv8::node
