// Untrusted bytes through what reads executables: `dv8pack inspect` gets any file.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "packager/link/elf_writer.h"
#include "runtime/payload/payload_writer.h"

namespace {

const std::vector<std::byte>& SmallPayload() {
  static const std::vector<std::byte> payload = [] {
    dv8::PayloadWriter writer(dv8::Fingerprint{});
    writer.AddManifest({});
    return writer.Finish();
  }();
  return payload;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // A copy of the exact size: a read behind it is seen.
  const auto* begin = reinterpret_cast<const std::byte*>(data);
  const std::vector<std::byte> bytes(begin, begin + size);
  const auto found = dv8::FindPayloadInFile(bytes);
  if (found.ok()) (void)dv8::Payload::Parse(found.value()).ok();
  const auto app = dv8::LinkPayload(bytes, SmallPayload());
  // What was put in can be found again.
  if (app.ok() && !dv8::FindPayloadInFile(app.value()).ok()) std::abort();
  return 0;
}
