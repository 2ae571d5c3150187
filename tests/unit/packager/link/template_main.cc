// The template that the tests of the ELF writer put payloads into.
#include <cstdio>
#include <string>

#include "runtime/payload/locate.h"
#include "runtime/payload/payload.h"

int main() {
  const std::span<const std::byte> image = dv8::FindPayload();
  if (image.empty()) {
    std::puts("no payload");
    return 1;
  }
  const dv8::Result<dv8::Payload> payload = dv8::Payload::Parse(image);
  if (!payload.ok()) {
    std::puts(payload.error().text.c_str());
    return 2;
  }
  std::vector<std::byte> storage;
  const auto source = payload.value().Unpack(dv8::SectionKind::kStdlibSource, &storage);
  const auto snapshot = payload.value().Stored(dv8::SectionKind::kSnapshot);
  const bool on_a_page = reinterpret_cast<uintptr_t>(snapshot.data()) % dv8::kPageAlignment == 0;
  std::printf("%zu bytes, entry %s, source %zu, snapshot %s\n", image.size(), std::string(payload.value().Manifest("entry")).c_str(),
              source.ok() ? source.value().size() : 0, on_a_page ? "on a page" : "misaligned");
  return 0;
}
