// Numbers of the operating system about this process, written into Float64Arrays of lib/: used by
// process_methods.cc.
#pragma once

#include "runtime/binding/typed.h"

namespace dv8::node {

UvResult<void> CpuUsage(const CallInfo& info, v8::Local<v8::Float64Array> fields);
UvResult<void> ThreadCpuUsage(const CallInfo& info, v8::Local<v8::Float64Array> fields);
UvResult<void> ResourceUsage(const CallInfo& info, v8::Local<v8::Float64Array> fields);
UvResult<void> MemoryUsage(const CallInfo& info, v8::Local<v8::Float64Array> fields);
double ResidentSetSize();
double ConstrainedMemory();
double AvailableMemory();

}  // namespace dv8::node
